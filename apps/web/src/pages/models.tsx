// The catalog.
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { call, describe, get, patch, post, type Artifact, type Job } from '../api';
import { ago, bytes, count, parameters } from '../format';
import { forced } from '../force';
import { nodesWith, useHive } from '../members';
import { go } from '../router';
import { node, shape } from '../store';
import { confirm } from '../ui/dialog';
import { Icon } from '../ui/icon';
import { VirtualList } from '../ui/list';
import { Button, Chip, Empty, Trouble } from '../ui/parts';
import { narrow } from '../ui/screen';
import { attempt, toast } from '../ui/toast';

const most = 20_000;
const search = signal('');
const tall = (): number => 112;
const low = (): number => 64;
export const artifacts = signal<Artifact[] | null>(null);
const failed = signal<{ detail: string; hint: string } | null>(null);

export async function loadArtifacts(): Promise<void> {
  try {
    const all: Artifact[] = [];
    for (let cursor = ''; all.length < most;) {
      const page = await get<{ artifacts: Artifact[]; next_cursor: string | null }>(`/v1/artifacts?limit=1000&cursor=${encodeURIComponent(cursor)}`);
      all.push(...page.artifacts);
      if (!page.next_cursor) break;
      cursor = page.next_cursor;
    }
    artifacts.value = all;
    failed.value = null;
  } catch (why) { failed.value = describe(why); }
}

export const pin = (what: Artifact, pinned: boolean): Promise<boolean> => attempt(async () => {
  await patch(`/v1/artifacts/${what.id}`, { pinned });
  await loadArtifacts();
}, pinned ? `${what.ref} stays until it is unpinned` : `${what.ref} is no longer pinned`);

export const verify = (what: Artifact): Promise<boolean> => attempt(async () => {
  const job = await post<Job>(`/v1/artifacts/${what.id}/verify`);
  go(`#/jobs/${job.id}`);
});

// What would go with it: contents that no other artifact of the catalog has.
async function freedBy(what: Artifact): Promise<number> {
  const whole = await get<Artifact>(`/v1/artifacts/${what.id}`);
  const own = new Map((whole.files ?? []).map(({ sha256, size }) => [sha256, size ?? 0]));
  const others = (artifacts.value ?? []).filter(({ id, source }) => id !== what.id && source === what.source).slice(0, 50);
  for (const { id } of others) for (const { sha256 } of (await get<Artifact>(`/v1/artifacts/${id}`)).files ?? []) own.delete(sha256);
  return [...own.values()].reduce((sum, size) => sum + size, 0);
}

export async function remove(what: Artifact): Promise<void> {
  let most = what.bytes;
  try { most = await freedBy(what); } catch { /* then its size is the bound */ }
  confirm(`Remove ${what.ref}?`, <p>Up to <b>{bytes(most)}</b> come free. Contents that other artifacts have too stay; views in other tools’ folders go with it.</p>, [
    { label: 'Remove', kind: 'danger', run: () => void forced({
      label: 'Remove',
      means: 'Nodes that are not in reach cannot say whether they hold it: this copy may be the last one. If it is, all of it must come from its source again, if that still has it.',
      async run(force) {
        const { freed } = await call<{ freed: number }>('DELETE', `/v1/artifacts/${what.id}?force=${force}`);
        toast(`Removed ${what.ref}: ${bytes(freed)} came free`);
        go('#/models');
        await loadArtifacts();
      },
    }) },
  ]);
}

export const modelLine = ({ model }: Artifact): string => (model
  ? [model.format, model.architecture, model.quantisation, parameters(model.parameters) && `${parameters(model.parameters)} parameters`].filter(Boolean).join(' · ') : '');

function Row({ what, on }: { what: Artifact; on: string[] | null }): JSX.Element {
  return (
    <div class="model">
      <a class="name" href={`#/models/${what.id}`} tabIndex={-1}><bdi>{what.ref}</bdi></a>
      <span class="meta">{what.pinned && <Chip tone="run"><Icon name="pin" />pinned</Chip>}{what.health === 'damaged' && <Chip tone="bad">damaged</Chip>}
        <span class="say">{modelLine(what) || count(what.file_count ?? 0, 'file')}{on && ` · on ${on.slice(0, 4).join(', ')}${on.length > 4 ? ` and ${on.length - 4} more` : ''}`}</span></span>
      <span class="revision"><code>{what.revision.slice(0, 12)}</code><span class="dim">{what.requested ?? ''}</span></span>
      <span class="used dim">{what.last_used_at ? `used ${ago(what.last_used_at)}` : `came ${ago(what.created_at)}`}</span>
      <span class="figures">{bytes(what.bytes)}</span>
      <div class="buttons">
        <Button icon="pin" bare label={what.pinned ? `Unpin ${what.ref}` : `Pin ${what.ref}`} pressed={what.pinned ?? false} onClick={() => void pin(what, !what.pinned)} />
        <Button icon="shield" bare label={`Verify ${what.ref}`} onClick={() => void verify(what)} />
        <Button icon="trash" bare label={`Remove ${what.ref}`} disabled={what.pinned} onClick={() => void remove(what)} />
      </div>
    </div>
  );
}

interface Swept { freed: number; removed: { kind: string; id: string; ref?: string | null; bytes: number; reason: string }[] }

const sweep = (): Promise<boolean> => forced({
  label: 'Clean up',
  means: 'Nodes that are not in reach cannot say what they hold: of what goes here, some copies may be the last ones. Those must come from their sources again.',
  async run(force) {
    const done = await post<Swept>('/v1/gc', { force });
    toast(`${bytes(done.freed)} came free`);
    await loadArtifacts();
  },
});

async function cleanUp(): Promise<void> {
  await attempt(async () => {
    const plan = await post<Swept>('/v1/gc', { dry_run: true });
    if (plan.removed.length === 0) return toast('There is nothing to clean up.');
    confirm('Clean up?', (
      <><p><b>{bytes(plan.freed)}</b> come free.</p><ul class="plain">{plan.removed.slice(0, 12).map(({ kind, id, ref, bytes: size, reason }) => <li key={`${kind}${id}`}>{ref ?? `${kind} ${id.slice(0, 16)}`}, {bytes(size)}: {reason.replace('_', ' ')}</li>)}</ul>
        {plan.removed.length > 12 && <p class="dim">and {plan.removed.length - 12} more</p>}</>
    ), [{ label: 'Clean up', kind: 'danger', run: () => void sweep() }]);
  });
}

export function Models(): JSX.Element {
  const ends = shape.value;
  const hive = useHive();
  const [asked, setAsked] = useState(0);
  const here = node.value?.artifacts ?? 0;
  useEffect(() => { void loadArtifacts(); setAsked(ends); }, [here]);
  useEffect(() => { const timer = setTimeout(() => { if (ends !== asked) { setAsked(ends); void loadArtifacts(); } }, 1500); return () => clearTimeout(timer); }, [ends]);
  const all = artifacts.value;
  const text = search.value.trim().toLowerCase();
  const fit = (all ?? []).filter((what) => !text || `${what.ref} ${modelLine(what)}`.toLowerCase().includes(text));
  return (
    <>
      <header class="head"><h1>Models</h1><Button label="Clean up" icon="trash" onClick={() => void cleanUp()} /></header>
      <div class="tools">
        <span class="dim">{all ? `${count(all.length, 'artifact')}, ${bytes(node.value?.artifact_bytes)} in the store` : ''}</span>
        <label class="search"><Icon name="search" /><input type="search" aria-label="Search models" placeholder="Search" value={search.value} onInput={(e) => { search.value = e.currentTarget.value; }} /></label>
      </div>
      {failed.value && <Trouble {...failed.value} />}
      {fit.length > 0
        ? <VirtualList items={fit} heightOf={narrow.value ? tall : low} label="Models" keyOf={({ id }) => id} row={(what) => <Row what={what} on={nodesWith(hive, what.id)} />} onOpen={({ id }) => go(`#/models/${id}`)} />
        : <Empty title={all === null ? 'Loading…' : text ? 'No model fits.' : 'Nothing is here yet.'}>{all !== null && !text && <p class="dim">What is pulled is listed here. <a href="#/add">Add a pull</a></p>}</Empty>}
    </>
  );
}
