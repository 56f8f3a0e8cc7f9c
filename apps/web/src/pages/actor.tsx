// One actor: what it is doing, what it has handled, and what can be done about it.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { describe, fetchFrom, get, post, Problem, type Actor, type ActorDetail } from '../api';
import { duration, shortTime } from '../format';
import { at, place } from '../router';
import { confirm } from '../ui/dialog';
import { Icon } from '../ui/icon';
import { Button, Chip, Empty, Fact, Trouble } from '../ui/parts';
import { attempt, toast } from '../ui/toast';
import { actions, type Action } from './watch';

export function act(actor: Pick<Actor, 'id' | 'name' | 'label'>, action: Action): void {
  const { label, ask } = actions[action];
  confirm(`${label}: ${actor.name} ${actor.id}?`, <><p>{ask}</p>{actor.label && <p class="dim"><bdi>{actor.label}</bdi></p>}</>, [
    { label, kind: action === 'resume' ? 'main' : 'danger', run: () => void attempt(async () => {
      const { human } = await post<{ human: string }>(`/v1/actors/${actor.id}/${action}`);
      toast(human);
    }) },
  ]);
}

async function saveTrace(id: number, seconds: number): Promise<void> {
  toast(`Traces for ${seconds} s…`);
  await attempt(async () => {
    const got = await fetchFrom('GET', `/v1/actors/trace?under=${id}&seconds=${seconds}&messages=20000`);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await got.blob());
    link.download = `hive-trace-${id}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, 'The trace is saved; ui.perfetto.dev opens it');
}

// Whatever an actor says of itself.
function Value({ of, depth = 0 }: { of: unknown; depth?: number }): JSX.Element {
  if (Array.isArray(of)) {
    if (of.length === 0) return <span class="dim">none</span>;
    return <ol class="values">{of.slice(0, 100).map((one, i) => <li key={i}><Value of={one} depth={depth + 1} /></li>)}{of.length > 100 && <li class="dim">and {of.length - 100} more</li>}</ol>;
  }
  if (of !== null && typeof of === 'object') {
    return <dl class={`values ${depth > 1 ? 'inline' : ''}`}>{Object.entries(of).map(([key, value]) => <div key={key}><dt>{key.replaceAll('_', ' ')}</dt><dd><Value of={value} depth={depth + 1} /></dd></div>)}</dl>;
  }
  if (of === '' || of === null) return <span class="dim">–</span>;
  return <bdi>{typeof of === 'number' ? of.toLocaleString('en') : String(of)}</bdi>;
}

function Messages({ of, node }: { of: ActorDetail; node: string }): JSX.Element {
  const all = [...of.messages].reverse();
  return (
    <section class="card"><h2>Last messages</h2>
      {all.length === 0 ? <p class="dim">None since it is looked at.</p> : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Last messages"><table>
          <thead><tr><th>Message</th><th>From</th><th class="number">Ago</th><th class="number">Waited</th><th class="number">Took</th></tr></thead>
          <tbody>{all.map((m, i) => <tr key={i}><td><code>{m.type?.replace('hive::actors::', '')}</code></td><td>{m.sender ? <a href={at(`actors/${m.sender}`, node)}>{m.sender}</a> : ''}</td>
            <td class="number">{shortTime(m.ago_s)}</td><td class="number">{shortTime(m.waited_s)}</td><td class="number">{shortTime(m.took_s)}</td></tr>)}</tbody>
        </table></div>)}
    </section>
  );
}

const links = (all: ActorDetail['above'], node: string): JSX.Element[] => all.slice(0, 200).map(({ id, name, label }) => (
  <li key={id}><a href={at(`actors/${id}`, node)}>{name} {id}</a> {label && <bdi class="dim">{label}</bdi>}</li>
));

function latency(of: ActorDetail['handling']): string {
  return of ? `half under ${shortTime(of.p50_s)}, 99 % under ${shortTime(of.p99_s)}, at most ${shortTime(of.max_s)}` : 'not watched yet';
}

function useActor(id: string, node: string): { now: ActorDetail | null; failed: unknown; gone: boolean } {
  const [now, setNow] = useState<ActorDetail | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    setNow(null);
    setFailed(null);
    const look = async (): Promise<void> => {
      try {
        if (!document.hidden) { setNow(await get<ActorDetail>(`/v1/actors/${encodeURIComponent(id)}${node ? `?node=${encodeURIComponent(node)}` : ''}`, abort.signal)); setFailed(null); }
      } catch (why) {
        if (abort.signal.aborted) return;
        setFailed(why);
        if (why instanceof Problem && [400, 404].includes(why.status)) return;
      }
      timer = window.setTimeout(() => void look(), 1000);
    };
    void look();
    return () => { abort.abort(); clearTimeout(timer); };
  }, [id, node]);
  return { now, failed, gone: failed instanceof Problem && failed.status === 404 };
}

export function ActorPage({ id }: { id: string }): JSX.Element {
  const node = place.value.query.get('node') ?? '';
  const { now, failed, gone } = useActor(id, node);
  const back = <a class="back" href={at('actors', node)}><Icon name="back" />Actors</a>;
  if (!now) return <><header class="head">{back}<h1>Actor {id}</h1></header>{gone ? <Empty title="There is no such actor any more."><p class="dim">{describe(failed).detail}</p></Empty> : failed ? <Trouble {...describe(failed)} /> : <Empty title="Loading…" />}</>;
  return (
    <>
      <header class="head">{back}<h1>{now.name} <span class="dim">{now.id}</span></h1>
        {node ? <Chip>on {node}</Chip> : !gone && <div class="buttons">
          {now.job && <Button icon="pause" label="Pause its job" onClick={() => act(now, 'pause')} />}
          {now.job && <Button icon="resume" label="Resume its job" onClick={() => act(now, 'resume')} />}
          <Button icon="retry" label="Restart" onClick={() => act(now, 'restart')} />
          <Button icon="download" label="Trace 5 s" onClick={() => void saveTrace(now.id, 5)} />
          {(now.job || now.name === 'transfer') && <Button icon="cancel" kind="danger" label="Cancel its work" onClick={() => act(now, 'cancel')} />}
        </div>}
      </header>
      {gone ? <Trouble detail="It has ended; this is what was last seen of it." hint="" /> : failed ? <Trouble {...describe(failed)} /> : null}
      <div class="columns"><div>
        <section class="card"><h2>Now</h2>
          <p class="status"><Chip tone="run">{now.state}</Chip> <bdi>{now.label}</bdi></p>
          <dl class="facts">
            {now.job && <Fact name="Job"><a href={`#/jobs/${now.job}`}>{now.job}</a></Fact>}
            <Fact name="Alive for">{duration(now.age_s)}</Fact>
            <Fact name="Waiting messages">{now.mailbox}, at most {now.mailbox_max}</Fact>
            <Fact name="Handled">{now.handled.toLocaleString('en')}{now.rate ? `, ${now.rate.toFixed(1)} a second` : ''}{now.slow ? `, ${now.slow} of them slow` : ''}</Fact>
            <Fact name="Handling takes">{latency(now.handling)}</Fact>
            <Fact name="Messages wait">{latency(now.waiting)}</Fact>
            {!!now.restarts && <Fact name="Crashes of its class">{now.restarts}</Fact>}
            {now.last_error && <Fact name="Last warning">{now.last_error}</Fact>}
          </dl>
        </section>
        <section class="card"><h2>What it says of itself</h2>{now.description && Object.keys(now.description).length ? <Value of={now.description} /> : <p class="dim">{now.undescribed ?? 'Nothing.'}</p>}</section>
      </div><div>
        <section class="card"><h2>Around it</h2>
          {now.above.length > 0 && <><h3>Above</h3><ul class="plain">{links(now.above, node)}</ul></>}
          {now.below.length > 0 && <><h3>Below</h3><ul class="plain">{links(now.below, node)}</ul></>}
        </section>
        <Messages of={now} node={node} />
      </div></div>
    </>
  );
}
