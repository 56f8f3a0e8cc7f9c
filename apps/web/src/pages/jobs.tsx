// Every job, of this node, of another one or of all: those at work, the line, and what has ended.
import { computed, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Job } from '../api';
import { ago, bytes, count, rate } from '../format';
import { find, heard, isOther, missing, others, useOthers } from '../elsewhere';
import { useHive } from '../members';
import { at, go, place as here } from '../router';
import { can, cancel, changing, inLine, JobButtons, move, pause, resume, retry, sentence } from '../steer';
import { atWork, beat, connection, ended, jobs, node, rateBeat, rates, shape } from '../store';
import { RateChart } from '../ui/chart';
import { Icon } from '../ui/icon';
import { VirtualList } from '../ui/list';
import { Away, NodeChoice } from '../ui/node_choice';
import { Bar, Button, Chip, Empty, Segments, StateWord } from '../ui/parts';
import { narrow } from '../ui/screen';

type Filter = 'all' | 'work' | 'line' | 'ended' | 'failed';
const filter = signal<Filter>('all');
const search = signal('');

interface Row { head?: string; job?: Job; place?: number }

// Whose: '' of this node, 'all', or a node by its name or id.
const whose = computed(() => (here.value.page === 'jobs' ? here.value.query.get('node') ?? '' : ''));

function shown(): Job[] {
  const one = whose.value;
  if (one === '') return [...jobs.values()];
  const there = [...others.values()].filter(({ id, node: on }) => !jobs.has(id) && on && (one === 'all' || on.name === one || on.id === one));
  return one === 'all' ? [...jobs.values(), ...there] : there;
}

const groups = computed(() => {
  shape.value;
  const work: Job[] = [], queue: Job[] = [], held: Job[] = [], over: Job[] = [];
  for (const job of shown()) {
    if (job.state === 'queued') queue.push(job);
    else if (atWork(job.state)) work.push(job);
    else if (ended(job.state)) over.push(job);
    else held.push(job);
  }
  const newest = (a: Job, b: Job): number => (a.id < b.id ? 1 : -1);
  const lately = (a: Job, b: Job): number => ((a.finished_at ?? '') < (b.finished_at ?? '') ? 1 : a.finished_at === b.finished_at ? newest(a, b) : -1);
  return { work: work.sort((a, b) => -newest(a, b)), held: held.sort(newest), queue: queue.sort(inLine), over: over.sort(lately) };
});

const rows = computed<Row[]>(() => {
  const { work, held, queue, over } = groups.value;
  const text = search.value.trim().toLowerCase();
  const fits = (job: Job): boolean => !text || job.ref.toLowerCase().includes(text) || job.id.toLowerCase().startsWith(text);
  const out: Row[] = [];
  const put = (head: string, all: Job[], placed = false): void => {
    const placeOf = (job: Job, i: number): number | undefined => (whose.value ? job.position ?? undefined : i + 1);
    const chosen = all.map((job, i) => ({ job, place: placed ? placeOf(job, i) : undefined })).filter(({ job }) => fits(job));
    if (chosen.length) out.push({ head: `${head} · ${chosen.length.toLocaleString('en')}` }, ...chosen);
  };
  const is = (...all: Filter[]): boolean => all.includes(filter.value);
  if (is('all', 'work')) put('At work', work);
  if (is('all', 'work')) put('Paused and waiting', held);
  if (is('all', 'line')) put('In line', queue, true);
  if (is('all', 'ended')) put('Ended', over);
  if (is('failed')) put('Failed', over.filter((job) => job.state === 'failed'));
  return out;
});

const tall = (row: Row): number => (row.job ? 112 : 44);
const low = (row: Row): number => (row.job ? 64 : 44);

const dragged = signal<Job | null>(null);
const over = signal<string | null>(null);

function onKey(event: KeyboardEvent, { job, place }: Row): void {
  if (!job) return;
  const acts: Record<string, () => void> = {
    p: () => { if (can.pause(job)) void pause(job); else if (can.resume(job)) void resume(job); },
    r: () => { if (can.retry(job)) void retry(job); },
    c: () => { if (can.cancel(job)) cancel(job); },
    Delete: () => { if (can.cancel(job)) cancel(job); },
    l: () => { if (can.cancel(job)) changing.value = job; },
  };
  if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown') && place) {
    event.preventDefault();
    return void move(job, place + (event.key === 'ArrowUp' ? -1 : 1));
  }
  if (!event.altKey && acts[event.key]) { event.preventDefault(); acts[event.key]!(); }
}

function JobRow({ job, place }: { job: Job; place?: number }): JSX.Element {
  beat.value;
  const now = find(job.id) ?? job;
  const { received, total } = now.progress;
  const over = ended(now.state);
  return (
    <div class={`job ${now.state} ${dragged.value?.id === job.id ? 'dragged' : ''}`}>
      <span class="place">{place ? <><Grip job={now} /><span aria-label={`number ${place} in line`}>{place}</span></> : <i class={`dot ${now.state}`} />}</span>
      <a class="name" href={`#/jobs/${job.id}`} tabIndex={-1}><bdi>{now.ref}</bdi></a>
      <span class="meta">
        <StateWord state={now.state} />
        {whose.value !== '' && <Chip>{isOther(job.id) ? now.node?.name : node.value?.name}</Chip>}
        {now.kind !== 'pull' && <Chip>{now.kind}</Chip>}
        {!!now.priority && <Chip>priority {now.priority}</Chip>}
        {!!now.max_rate && <Chip>≤ {rate(now.max_rate)}</Chip>}
        <span class="say" title={sentence(now)}>{over && now.state !== 'failed' ? ago(now.finished_at) : sentence(now)}</span>
      </span>
      <span class="figures">{total !== null && total !== undefined && (over && now.state === 'succeeded' ? bytes(total) : `${bytes(received)} of ${bytes(total)}`)}</span>
      <span class="progress">{!(over && !received) && <Bar counts={now.progress} label={`Progress of ${now.ref}`} still={!atWork(now.state)} />}</span>
      <JobButtons job={now} bare />
    </div>
  );
}

function Grip({ job }: { job: Job }): JSX.Element {
  return (
    <span class="grip" draggable title="Drag, or Alt with the arrow keys" aria-hidden="true"
      onDragStart={(e) => { dragged.value = job; e.dataTransfer?.setData('text/plain', job.id); if (e.dataTransfer) e.dataTransfer.effectAllowed = 'move'; }}
      onDragEnd={() => { dragged.value = null; over.value = null; }}><Icon name="grip" /></span>
  );
}

function Target({ row }: { row: Row }): JSX.Element {
  const { job, place } = row;
  const fits = job && place && dragged.value && dragged.value.id !== job.id && isOther(dragged.value.id) === isOther(job.id) && dragged.value.node?.id === job.node?.id;
  return (
    <div class={`target ${fits && over.value === job.id ? 'over' : ''}`}
      onDragOver={(e) => { if (fits) { e.preventDefault(); over.value = job.id; } }}
      onDrop={(e) => { if (fits && dragged.value) { e.preventDefault(); void move(dragged.value, place); dragged.value = null; over.value = null; } }}>
      {job ? <JobRow job={job} place={place} /> : <h2 class="section">{row.head}</h2>}
    </div>
  );
}

// Of those whose nodes answer.
const sumOfRates = (work: Job[]): number => work.filter(({ node: on }) => !on || !missing.value.includes(on.name)).reduce((sum, { progress }) => sum + (progress.rate ?? 0), 0);

function Overview(): JSX.Element {
  const turn = rateBeat.value;
  if (whose.value) beat.value;
  const { work, held, queue } = groups.value;
  const free = whose.value ? null : node.value?.disk_free;
  const promised = node.value?.disk_promised ?? 0;
  return (
    <section class="overview" aria-label="Overview">
      <div class="rate"><span class="big">{rate(whose.value ? sumOfRates(work) : rates[1].at(-1) ?? 0)}</span><span class="dim">{count(work.length, 'job')} at work, {queue.length.toLocaleString('en')} in line{held.length ? `, ${held.length} held` : ''}</span></div>
      {!whose.value && <RateChart data={rates} beat={turn} height={48} spark label="Rate of all jobs" />}
      {free !== null && free !== undefined && <div class="disk"><span class="big">{bytes(free)}</span><span class="dim">free on the disk{promised > 0 ? `, ${bytes(promised)} of it promised` : ''}</span></div>}
    </section>
  );
}

function QuickAdd(): JSX.Element {
  const [ref, setRef] = useState('');
  const submit = (e: Event): void => { e.preventDefault(); go(`#/add?ref=${encodeURIComponent(ref)}`); };
  return (
    <form class="quick" onSubmit={submit}>
      <input aria-label="Reference to pull" placeholder="hf:org/repo, ollama:model, gh:owner/repo, https://…" value={ref} onInput={(e) => setRef(e.currentTarget.value)} spellcheck={false} autocomplete="off" />
      <Button type="submit" kind="main" icon="add" label="Add" />
    </form>
  );
}

export function Jobs(): JSX.Element {
  const hive = useHive();
  useOthers(whose.value !== '');
  const { work, held, queue, over: done } = groups.value;
  const failed = done.filter((job) => job.state === 'failed').length;
  const n = (k: number): string => k.toLocaleString('en');
  const all = work.length + held.length + queue.length + done.length;
  const loading = connection.value.loading || (whose.value !== '' && !heard.value);
  return (
    <>
      <header class="head"><h1>Jobs</h1><NodeChoice hive={hive} value={whose.value} all onChange={(to) => go(at('jobs', to))} /><QuickAdd /></header>
      {whose.value !== '' && <Away names={missing.value.filter((name) => whose.value === 'all' || name === whose.value)} hive={hive} what="Of its jobs this is what it said last; they are new again when it is back." />}
      <Overview />
      <div class="tools">
        <Segments label="Which jobs" value={filter.value} onChange={(to) => { filter.value = to; scrollTo(0, 0); }} all={[
          ['all', `All ${n(all)}`], ['work', `At work ${n(work.length + held.length)}`], ['line', `In line ${n(queue.length)}`], ['ended', `Ended ${n(done.length)}`], ['failed', `Failed ${n(failed)}`],
        ]} />
        <label class="search"><Icon name="search" /><input type="search" aria-label="Search jobs" placeholder="Search" value={search.value} onInput={(e) => { search.value = e.currentTarget.value; }} /></label>
      </div>
      {rows.value.length > 0
        ? <VirtualList items={rows.value} heightOf={narrow.value ? tall : low} label="Jobs" keyOf={(row) => row.job?.id ?? row.head ?? ''} row={(row) => <Target row={row} />}
            onOpen={(row) => { if (row.job) go(`#/jobs/${row.job.id}`); }} onKey={onKey} />
        : loading ? <Empty title="Loading…" />
          : <Empty title={all ? 'No job fits.' : 'No jobs yet.'}><p class="dim">{all ? 'Choose other jobs above, or search for something else.' : 'Add a reference above: a repository, a tag or an address.'}</p></Empty>}
    </>
  );
}
