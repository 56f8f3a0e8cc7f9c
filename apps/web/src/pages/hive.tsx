// The nodes: how they are, what they hold, and how another one joins.
import type { JSX } from 'preact';
import type { Hive, Member, NodeFacts } from '../api';
import { ago, bytes, count, duration } from '../format';
import { drain, forget, handleOf, namesOf, present, useHive } from '../members';
import { at } from '../router';
import { node } from '../store';
import { confirm } from '../ui/dialog';
import { Icon } from '../ui/icon';
import { Button, Chip, Empty, Fact, Snippet } from '../ui/parts';
import { Wishes } from './wishes';

function Meter({ name, used, total, text }: { name: string; used: number; total: number; text: string }): JSX.Element {
  const part = total > 0 ? Math.round((100 * used) / total) : 0;
  return (
    <div class="meter"><span>{name}</span><div class={`track ${part > 92 ? 'full' : ''}`} role="meter" aria-label={name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={part} aria-valuetext={text}><i style={{ width: `${part}%` }} /></div><span class="dim">{text}</span></div>
  );
}

function ThisNode({ now }: { now: NodeFacts }): JSX.Element {
  const { memory, load, disk_free: free, disk_total: disk, cpus, process } = now;
  const used = memory ? memory.total! - memory.available! : 0;
  return (
    <section class="card"><div class="row-head"><h2>{now.name} <span class="dim">this node</span></h2><Chip tone={now.health === 'ok' ? 'good' : 'bad'}>{now.health}</Chip></div>
      {now.health_reasons?.map(({ code, human }) => <p key={code} class="remark warning"><Icon name="alert" />{human}</p>)}
      {!!disk && free !== null && free !== undefined && <Meter name="Disk" used={disk - free} total={disk} text={`${bytes(free)} free of ${bytes(disk)}`} />}
      {memory && <Meter name="Memory" used={used} total={memory.total!} text={`${bytes(memory.available)} available of ${bytes(memory.total)}`} />}
      {load && <Meter name="Load" used={load['1m']!} total={cpus ?? 1} text={`${load['1m']!.toFixed(2)} on ${count(cpus ?? 1, 'processor')}`} />}
      {now.devices?.map((device) => <Meter key={device.bus} name={device.name ?? device.vendor ?? 'device'} used={device.memory_used ?? 0} total={device.memory_total ?? 0} text={device.memory_total ? `${bytes(device.memory_used)} of ${bytes(device.memory_total)} in use` : 'memory unknown'} />)}
      <dl class="facts">
        <Fact name="Holds">{count(now.artifacts ?? 0, 'artifact')}, {bytes(now.artifact_bytes)}</Fact>
        <Fact name="Links">{count(now.transfers ?? 0, 'transfer')} over {count(now.lanes ?? 0, 'lane')}</Fact>
        <Fact name="Received">{bytes(now.bytes_received)} since the start</Fact>
        <Fact name="Up for">{duration(now.uptime_s ?? 0)}</Fact>
        <Fact name="Process">{bytes(process?.resident)} resident, {process?.open_files ?? '?'} open files</Fact>
        <Fact name="Home"><code class="long">{now.home}</code></Fact>
        <Fact name="Version">{now.version}</Fact>
        <Fact name="Id"><code>{now.id}</code></Fact>
      </dl>
    </section>
  );
}

function askDrain(one: Member): void {
  const label = one.draining ? 'Take back in' : 'Drain';
  confirm(`${label}: ${one.name}?`, <p>{one.draining ? 'It takes jobs of the hive again.' : 'It takes no new jobs of the hive; those it has go on.'}</p>,
    [{ label, kind: one.draining ? 'main' : 'danger', run: () => void drain(one, !one.draining) }]);
}

function askForget(one: Member): void {
  confirm(`Forget: ${one.name}?`, <p>It is struck off: it is expected no more, and what it holds no longer counts. Should it come back, it is a member again; <code>hive revoke</code> is what shuts it out.</p>,
    [{ label: 'Forget', kind: 'danger', run: () => void forget(one) }]);
}

function Reach({ one, names }: { one: Member; names: Map<string, string> }): JSX.Element {
  if (one.self) return <span class="dim">this node</span>;
  return (
    <><Chip tone={one.reachability === 'ok' ? 'good' : 'bad'}>{one.reachability}</Chip>
      {one.seen.map(({ by, since, cause }) => <div key={by} class="dim">{cause.replaceAll('_', ' ')} {ago(since)}, seen by {names.get(by) ?? by.slice(-6)}</div>)}</>
  );
}

// Only a node itself is drained by the node that is asked.
function Row({ one, hive }: { one: Member; hive: Hive }): JSX.Element {
  const handle = one.self ? undefined : handleOf(one, hive.members);
  return (
    <tr><td><b>{one.name}</b> {one.labels.map((label) => <Chip key={label}>{label}</Chip>)}<div class="dim"><code>{one.id}</code></div></td>
      <td><Chip tone={one.state === 'up' ? 'good' : 'warn'}>{one.state}</Chip>{one.draining && <Chip tone="warn">draining</Chip>}</td>
      <td><Reach one={one} names={namesOf(hive)} /></td><td>{one.self ? '' : one.linked ? 'linked' : 'none'}</td>
      <td>{one.addresses.join(', ')}</td><td class="number">{one.free_disk ? `≥ ${bytes(one.free_disk)}` : ''}</td><td>{one.version}</td>
      <td><a href={at('jobs', handle)} aria-label={`Jobs of ${one.name}`}>jobs</a> <a href={at('actors', handle)} aria-label={`Actors of ${one.name}`}>actors</a></td>
      <td><div class="buttons">{one.self
        ? <Button bare icon={one.draining ? 'resume' : 'pause'} label={`${one.draining ? 'Take back in' : 'Drain'} ${one.name}`} onClick={() => askDrain(one)} />
        : <Button bare icon="trash" label={`Forget ${one.name}`} onClick={() => askForget(one)} />}</div></td></tr>
  );
}

function Members({ hive }: { hive: Hive }): JSX.Element {
  const { members, island } = hive;
  return (
    <section class="card"><h2>Members <span class="dim">{members.length}</span></h2>
      {(island.isolated || !island.majority) && <p class="remark warning"><Icon name="alert" />This node sees {island.visible} of {island.expected} members{island.since ? ` since ${ago(island.since)}` : ''}: it is on the smaller side of a break.</p>}
      <div class="scroll" tabIndex={0} role="region" aria-label="Members"><table>
        <thead><tr><th>Node</th><th>State</th><th>Reached</th><th>Link</th><th>Addresses</th><th class="number">Free disk</th><th>Version</th><th>See its</th><th><span class="unseen">Actions</span></th></tr></thead>
        <tbody>{members.map((one) => <Row key={one.id} one={one} hive={hive} />)}</tbody>
      </table></div>
    </section>
  );
}

const mostRows = 500;

function Placement({ hive }: { hive: Hive }): JSX.Element {
  const members = present(hive);
  const held = members.map(({ artifacts }) => new Set(artifacts));
  const all = hive.artifacts.filter(({ id }) => held.some((one) => one.has(id))).sort((a, b) => a.ref.localeCompare(b.ref) || a.revision.localeCompare(b.revision));
  const unlisted = members.filter(({ artifacts, artifact_count: whole }) => whole > artifacts.length);
  return (
    <section class="card"><h2>Who holds what <span class="dim">{all.length}</span></h2>
      {all.length === 0 ? <p class="dim">No node has said that it holds anything.</p> : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Who holds what"><table class="matrix">
          <thead><tr><th scope="col">Artifact</th>{members.map((one) => <th key={one.id} scope="col">{one.name}{one.reachability !== 'ok' && <div class="dim">{one.reachability}</div>}</th>)}</tr></thead>
          <tbody>{all.slice(0, mostRows).map(({ id, ref, revision }) => (
            <tr key={id}><th scope="row" class="path"><bdi>{ref}</bdi> <code class="dim">{revision.slice(0, 12)}</code></th>
              {members.map((one, i) => (held[i]!.has(id) ? <td key={one.id} class="has"><i /><span class="unseen">held</span></td> : <td key={one.id}><span class="unseen">not held</span></td>))}</tr>
          ))}</tbody>
        </table></div>
      )}
      {all.length > mostRows && <p class="dim">and {count(all.length - mostRows, 'more artifact')}</p>}
      {unlisted.map((one) => <p key={one.id} class="dim">{one.name} holds {count(one.artifact_count - one.artifacts.length, 'older artifact')} more.</p>)}
      {all.length > 0 && members.some(({ reachability }) => reachability !== 'ok') && <p class="dim">Of nodes that are away it is what they said last.</p>}
    </section>
  );
}

function Joining(): JSX.Element {
  return (
    <section class="card"><h2>Add a node</h2>
      <p>On this machine, once, then for each new node a token (printed last; it lasts a day and serves one node):</p>
      <Snippet label="commands for this machine" text={'hive init --name lab\nhive serve --peer-listen 0.0.0.0:7836\nhive token create'} />
      <p>On the new machine, with that token:</p>
      <Snippet label="command for the new machine" text={`hive join TOKEN ${location.hostname === 'localhost' || location.hostname === '127.0.0.1' ? 'THIS-MACHINE' : location.hostname}:7836`} />
      <p class="dim">It checks that it talks to the hive of the token before it says the secret, and gets a certificate of its own.</p>
    </section>
  );
}

export function HivePage(): JSX.Element {
  const hive = useHive();
  const now = node.value;
  const alone = hive !== null && hive.members.length <= 1;
  return (
    <>
      <header class="head"><h1>Hive</h1><span class="dim">{hive === null ? '' : alone ? 'this node is alone' : count(hive.members.length, 'node')}</span></header>
      {hive && !alone && <><Members hive={hive} /><Placement hive={hive} /><Wishes /></>}
      <div class="columns">
        <div>{now ? <ThisNode now={now} /> : <Empty title="Loading…" />}</div>
        <div>{alone && <section class="card"><h2>Members</h2><p class="dim">This node is alone.</p></section>}<Joining /></div>
      </div>
    </>
  );
}
