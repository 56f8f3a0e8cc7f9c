// The supervision tree as a picture. Who ends stays for a moment, so that a cancel can be seen running down the branches.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Actor } from '../api';
import { at, go } from '../router';
import { Button, Chip } from '../ui/parts';
import { branches } from './actors';
import { act } from './actor';

const lingers = 3000; // ms that an ended one stays
const news = 1500;    // ms that a new one is marked
const most = 300;     // nodes drawn
const [wide, high] = [210, 30];

interface Known { actor: Actor; since: number; gone: number }

// Those seen lately, with when they came and went.
function useKnown(actors: Actor[]): Known[] {
  const known = useRef(new Map<number, Known>());
  const first = useRef(true);
  const [, turn] = useState(0);
  const now = performance.now();
  const alive = new Set<number>();
  for (const actor of actors) {
    alive.add(actor.id);
    const before = known.current.get(actor.id);
    known.current.set(actor.id, { actor, since: before?.since ?? (first.current ? -news : now), gone: 0 });
  }
  first.current = false;
  for (const [id, one] of known.current) {
    if (alive.has(id)) continue;
    one.gone ||= now;
    if (now - one.gone > lingers) known.current.delete(id);
  }
  useEffect(() => { const timer = setTimeout(() => turn((n) => n + 1), lingers); return () => clearTimeout(timer); }, [actors]);
  return [...known.current.values()].sort((a, b) => a.actor.id - b.actor.id);
}

interface Placed extends Known { x: number; y: number; up?: Placed }

// Leaves one below the other; a parent beside the middle of its own.
function layout(known: Known[]): { nodes: Placed[]; rows: number; left: number } {
  const by = new Map(known.map((one) => [one.actor.id, one]));
  const order = branches(known.map(({ actor }) => actor), new Set());
  const nodes: Placed[] = [];
  const path: Placed[] = [];
  let rows = 0;
  for (const { actor, depth, below } of order.slice(0, most)) {
    const up = depth > 0 ? path[depth - 1] : undefined;
    const node: Placed = { ...by.get(actor.id)!, x: depth, y: rows, up };
    path[depth] = node;
    nodes.push(node);
    if (below === 0) rows += 1;
  }
  for (const node of [...nodes].reverse()) {
    const own = nodes.filter(({ up }) => up === node);
    if (own.length) node.y = (own[0]!.y + own.at(-1)!.y) / 2;
  }
  return { nodes, rows: Math.max(rows, 1), left: order.length - nodes.length };
}

const short = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

function look({ actor, gone, since }: Known): string {
  if (gone) return 'gone';
  if (actor.state === 'stalled') return 'stalled';
  return `${performance.now() - since < news ? 'new ' : ''}${actor.state === 'idle' ? 'idle' : 'busy'}`;
}

function Node({ node, chosen, onChoose }: { node: Placed; chosen: boolean; onChoose: () => void }): JSX.Element {
  const { actor } = node;
  const name = `${actor.name} ${actor.id}`;
  const label = actor.label ? short(actor.label.replace(/^hf:/, ''), 20 - Math.min(12, actor.name.length)) : String(actor.id);
  return (
    <g class={`node ${look(node)} ${chosen ? 'chosen' : ''}`} transform={`translate(${node.x * wide + 4} ${node.y * high + 4})`} data-actor={actor.name}
      role="button" tabIndex={0} aria-label={`${short(actor.name, 12)} ${label}, ${node.gone ? 'ended' : actor.state}, ${name}${actor.label ? `, ${actor.label}` : ''}`} aria-pressed={chosen}
      onClick={onChoose} onKeyDown={(e) => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); onChoose(); } }}>
      <rect width={wide - 44} height={high - 8} rx={5} />
      <text x={8} y={15}>{`${short(actor.name, 12)} `}<tspan class="label" dx={3}>{label}</tspan></text>
      <title>{`${name}: ${actor.state}${actor.label ? `\n${actor.label}` : ''}`}</title>
    </g>
  );
}

const bend = ({ x, y, up }: Placed): string => {
  const [x0, y0, x1, y1] = [up!.x * wide + wide - 40, up!.y * high + high / 2, x * wide + 4, y * high + high / 2];
  return `M${x0} ${y0}C${x0 + 20} ${y0} ${x1 - 20} ${y1} ${x1} ${y1}`;
};

function Chosen({ actor, gone, node }: Known & { node: string }): JSX.Element {
  return (
    <div class="card chosen-actor" aria-live="polite">
      <p><b>{actor.name}</b> <span class="dim">{actor.id}</span> <Chip tone={gone ? 'bad' : 'run'}>{gone ? 'ended' : actor.state}</Chip> <bdi>{actor.label}</bdi></p>
      <div class="buttons">
        <Button label="Look into it" icon="open" onClick={() => go(at(`actors/${actor.id}`, node))} />
        {!gone && !node && (actor.job || actor.name === 'transfer') && <Button label="Cancel its work" icon="cancel" kind="danger" onClick={() => act(actor, 'cancel')} />}
      </div>
    </div>
  );
}

export function Picture({ actors, alive, node: of }: { actors: Actor[]; alive: number; node: string }): JSX.Element {
  const known = useKnown(actors);
  const [chosen, setChosen] = useState<number | null>(null);
  const { nodes, rows, left } = layout(known);
  const deep = Math.max(...nodes.map(({ x }) => x), 0) + 1;
  const picked = known.find(({ actor }) => actor.id === chosen);
  return (
    <>
      {picked ? <Chosen {...picked} node={of} /> : <p class="dim">Choose an actor to look into it{of ? '' : ' or to cancel what it does'}. Who ends stays red for a moment.</p>}
      <div class="picture scroll" tabIndex={0} role="region" aria-label="Supervision tree">
        <svg width={deep * wide} height={rows * high + 8} role="group" aria-label={`${alive} actors`}>
          {nodes.map((node) => node.up && <path key={node.actor.id} class={`edge ${look(node)}`} d={bend(node)} />)}
          {nodes.map((node) => <Node key={node.actor.id} node={node} chosen={node.actor.id === chosen} onChoose={() => setChosen(node.actor.id)} />)}
        </svg>
      </div>
      {left > 0 && <p class="dim">and {left} more; the tree lists them</p>}
    </>
  );
}
