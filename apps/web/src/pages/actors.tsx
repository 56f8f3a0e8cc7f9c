// Looking into a node: every actor as a tree, as a list of the greatest, or as a picture.
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { Actor } from '../api';
import { count, shortTime } from '../format';
import { useHive } from '../members';
import { at, go, place } from '../router';
import { Icon } from '../ui/icon';
import { VirtualList } from '../ui/list';
import { NodeChoice } from '../ui/node_choice';
import { Chip, Empty, Segments, Trouble } from '../ui/parts';
import { narrow } from '../ui/screen';
import { Picture } from './picture';
import { useActors } from './watch';

type View = 'tree' | 'top' | 'picture';
type Order = 'time' | 'queue' | 'rate' | 'age' | 'growth';
const view = signal<View>('tree');
const order = signal<Order>('time');
const name = signal('');
const tall = (): number => 64;
const low = (): number => 38;
const folded = signal<ReadonlySet<number>>(new Set());

interface Branch { actor: Actor; depth: number; below: number }

// Depth first, children by id; those whose parent is not in the list are roots.
export function branches(actors: Actor[], closed: ReadonlySet<number>): Branch[] {
  const ids = new Set(actors.map(({ id }) => id));
  const children = new Map<number, Actor[]>();
  const roots: Actor[] = [];
  for (const actor of actors) {
    if (actor.parent === null || !ids.has(actor.parent)) { roots.push(actor); continue; }
    const beside = children.get(actor.parent);
    if (beside) beside.push(actor); else children.set(actor.parent, [actor]);
  }
  const out: Branch[] = [];
  const stack = roots.reverse().map((actor) => ({ actor, depth: 0 }));
  for (let next = stack.pop(); next; next = stack.pop()) {
    const own = children.get(next.actor.id) ?? [];
    out.push({ ...next, below: own.length });
    if (!closed.has(next.actor.id)) for (const actor of [...own].reverse()) stack.push({ actor, depth: next.depth + 1 });
  }
  return out;
}

// Actors are numbered by each node.
const whose = (): string => place.value.query.get('node') ?? '';

function fold(id: number): void {
  const next = new Set(folded.value);
  if (!next.delete(id)) next.add(id);
  folded.value = next;
}

const tone = (actor: Actor): string => (actor.state === 'stalled' || (actor.oldest_s ?? 0) > 1 ? 'bad' : actor.state === 'idle' ? '' : 'run');

function Row({ branch: { actor, depth, below } }: { branch: Branch }): JSX.Element {
  return (
    <div class="actor">
      <span class="who" style={{ paddingLeft: `${depth * (narrow.value ? 12 : 22)}px` }}>
        {below > 0 ? <button type="button" class="fold" aria-expanded={!folded.value.has(actor.id)} aria-label={`What ${actor.name} ${actor.id} has spawned`} onClick={() => fold(actor.id)}><Icon name="open" /></button> : <i class="leaf" />}
        <a href={at(`actors/${actor.id}`, whose())} tabIndex={-1}>{actor.name}</a> <span class="dim">{actor.id}</span> <bdi class="label">{actor.label}</bdi>
      </span>
      <span class="state-of"><Chip tone={tone(actor)}>{actor.state}</Chip></span>
      <span class="figure" title="Messages that wait"><b>{actor.mailbox}</b> waiting</span>
      <span class="figure" title="Messages a second">{actor.rate === null || actor.rate === undefined ? '' : `${actor.rate.toFixed(1)}/s`}</span>
      <span class="figure busy" title="Share of the time in handlers"><i style={{ width: `${Math.min(100, (actor.busy ?? 0) * 100)}%` }} /><span>{((actor.busy ?? 0) * 100).toFixed(1)} %</span></span>
      <span class="figure" title="Age of the oldest message">{actor.oldest_s ? shortTime(actor.oldest_s) : ''}</span>
    </div>
  );
}

export function ActorsPage(): JSX.Element {
  const filter = name.value.trim() ? `&name=${encodeURIComponent(name.value.trim())}` : '';
  const query = view.value === 'top' ? `by=${order.value}&limit=100&interval=1s${filter}` : view.value === 'picture' ? 'limit=1000&interval=250ms' : `limit=1000&interval=1s${filter}`;
  const node = whose();
  const hive = useHive();
  useEffect(() => { folded.value = new Set(); }, [node]);
  const { now, failed } = useActors(query, node);
  const list = useMemo(() => {
    if (!now || view.value === 'picture') return [];
    return view.value === 'top' ? now.actors.map((actor) => ({ actor, depth: 0, below: 0 })) : branches(now.actors, folded.value);
  }, [now, view.value, folded.value]);
  return (
    <>
      <header class="head"><h1>Actors</h1><NodeChoice hive={hive} value={node} onChange={(to) => go(at('actors', to))} /><span class="dim">{now ? `${count(now.alive, 'actor')} alive` : ''}</span></header>
      <div class="tools">
        <Segments<View> label="View" value={view.value} onChange={(to) => { view.value = to; }} all={[['tree', 'Tree'], ['top', 'Greatest'], ['picture', 'Picture']]} />
        {view.value === 'top' && <Segments<Order> label="Order" value={order.value} onChange={(to) => { order.value = to; }}
          all={[['time', 'Busy'], ['queue', 'Queue'], ['rate', 'Messages'], ['age', 'Oldest'], ['growth', 'Growth']]} />}
        {view.value !== 'picture' && <label class="search"><Icon name="search" /><input type="search" aria-label="Search actors" placeholder="Name or label" value={name.value} onInput={(e) => { name.value = e.currentTarget.value; }} /></label>}
      </div>
      {failed && <Trouble detail={failed.message} hint={failed.hint} />}
      {view.value === 'picture' ? (now ? <Picture key={node} actors={now.actors} alive={now.alive} node={node} /> : !failed && <Empty title="Loading…" />)
        : list.length > 0 ? <VirtualList items={list} heightOf={narrow.value ? tall : low} label="Actors" keyOf={({ actor }) => String(actor.id)} row={(branch) => <Row branch={branch} />} onOpen={({ actor }) => go(at(`actors/${actor.id}`, node))}
          onKey={(event, { actor, below }) => { if (below && (event.key === 'ArrowLeft' || event.key === 'ArrowRight') && folded.value.has(actor.id) === (event.key === 'ArrowRight')) fold(actor.id); }} />
          : !failed && <Empty title={now ? 'No actor fits.' : 'Loading…'} />}
      {now?.next_cursor && view.value === 'tree' && <p class="dim">The first 1,000 by id; search to see others.</p>}
    </>
  );
}
