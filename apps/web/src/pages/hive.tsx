// The nodes: how they are, what they hold, and how another one joins.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, Problem, type NodeFacts } from '../api';
import { ago, bytes, count, duration } from '../format';
import { node } from '../store';
import { Icon } from '../ui/icon';
import { Chip, Empty, Fact, Snippet, Trouble } from '../ui/parts';

interface Member {
  id: string; name: string; state: string; reachability?: string; version?: string; incarnation?: number; addresses?: string[];
  labels?: Record<string, string> | string[]; free_disk?: number | null; seen?: { by: string; since: string; cause?: string | null }[]; self?: boolean; artifacts?: unknown;
}
const every = 5000;

// Empty until a node answers that it belongs to others.
function useMembers(): Member[] | null {
  const [all, setAll] = useState<Member[] | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    const look = async (): Promise<void> => {
      try {
        if (!document.hidden) setAll((await get<{ members: Member[] }>('/v1/members?limit=1000', abort.signal)).members);
      } catch (why) {
        if (abort.signal.aborted) return;
        if (why instanceof Problem && why.status === 404) return setAll([]);
      }
      timer = window.setTimeout(() => void look(), every);
    };
    void look();
    return () => { abort.abort(); clearTimeout(timer); };
  }, []);
  return all;
}

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

const heldBy = (one: Member): string[] => (Array.isArray(one.artifacts) ? one.artifacts.map((a: unknown) => (typeof a === 'string' ? a : String((a as { ref?: string; id?: string }).ref ?? (a as { id?: string }).id))) : []);

function Others({ members }: { members: Member[] }): JSX.Element {
  return (
    <section class="card"><h2>Members <span class="dim">{members.length}</span></h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Members"><table>
        <thead><tr><th>Node</th><th>State</th><th>Reached</th><th>Addresses</th><th class="number">Free disk</th><th>Version</th><th>Seen by others</th></tr></thead>
        <tbody>{members.map((one) => (
          <tr key={one.id}><td><b>{one.name}</b> {one.self && <Chip>this node</Chip>}</td><td><Chip tone={one.state === 'alive' ? 'good' : one.state === 'suspect' ? 'warn' : 'bad'}>{one.state}</Chip></td><td>{one.reachability}</td>
            <td>{one.addresses?.join(', ')}</td><td class="number">{bytes(one.free_disk)}</td><td>{one.version}</td><td>{one.seen?.map(({ by, since, cause }) => <div key={by}>{by} {cause ?? ''} <span class="dim">{ago(since)}</span></div>)}</td></tr>
        ))}</tbody>
      </table></div>
    </section>
  );
}

function Placement({ members }: { members: Member[] }): JSX.Element | null {
  const rows = [...new Set(members.flatMap(heldBy))].sort().slice(0, 500);
  if (rows.length === 0) return null;
  const held = members.map((one) => new Set(heldBy(one)));
  return (
    <section class="card"><h2>Who holds what</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Who holds what"><table class="matrix">
        <thead><tr><th>Artifact</th>{members.map((one) => <th key={one.id}>{one.name}</th>)}</tr></thead>
        <tbody>{rows.map((row) => <tr key={row}><td class="path"><bdi>{row}</bdi></td>{members.map((one, i) => <td key={one.id} class={held[i]!.has(row) ? 'has' : ''}>{held[i]!.has(row) ? <><i /><span class="unseen">yes</span></> : <span class="unseen">no</span>}</td>)}</tr>)}</tbody>
      </table></div>
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
  const members = useMembers();
  const now = node.value;
  return (
    <>
      <header class="head"><h1>Hive</h1><span class="dim">{members === null ? '' : members.length > 1 ? count(members.length, 'node') : 'this node is alone'}</span></header>
      <div class="columns">
        <div>{now ? <ThisNode now={now} /> : <Empty title="Loading…" />}</div>
        <div>{members !== null && members.length <= 1 && <section class="card"><h2>Members</h2><p class="dim">This node is alone.</p></section>}<Joining /></div>
      </div>
      {members !== null && members.length > 1 && <><Others members={members} /><Placement members={members} /></>}
      {!now && members === null && <Trouble detail="The node has not answered yet." hint="" />}
    </>
  );
}
