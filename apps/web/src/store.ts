// What the page knows of its node: jobs, the node's own facts, limits. Followed by one event stream; bounded by what the
// node remembers and by `most`.
import { signal } from '@preact/signals';
import { get, type Job, type JobEvent, type JobState, type Limits, type NodeFacts } from './api';
import { follow, type Heard, type Subscription } from './stream';
import { tellOfEnd, wanted } from './notify';

export const ended = (state: JobState): boolean => state === 'succeeded' || state === 'failed' || state === 'cancelled';
export const atWork = (state: JobState): boolean => state === 'resolving' || state === 'fetching' || state === 'committing';

const most = 12_000; // jobs held; the node remembers 10,000 that ended
const longestHistory = 300; // rates held
const pace = 2000; // ms between two of them

export const jobs = new Map<string, Job>();
// Told at most ten times a second: `shape` when jobs come, go, change state or place, `beat` when only their figures do.
export const shape = signal(0);
export const beat = signal(0);
export const node = signal<NodeFacts | null>(null);
export const limits = signal<Limits | null>(null);
export const connection = signal<{ live: boolean; heard: number; loading: boolean }>({ live: false, heard: Date.now(), loading: true });
// [unix seconds, bytes/s of the node], one every `pace`.
export const rates: [number[], number[]] = [[], []];
export const rateBeat = signal(0);

let changedShape = false;
let telling = 0;
export function changed(inShape: boolean): void {
  changedShape ||= inShape;
  telling ||= window.setTimeout(() => {
    telling = 0;
    if (changedShape) shape.value += 1;
    changedShape = false;
    beat.value += 1;
  }, 100);
}

// When each job's state was last told, by performance.now(); only of late.
const told = new Map<string, number>();

// One object for a job for as long as it is known: lists made of jobs are not made anew for each figure, and would keep those
// of before.
export function put(all: Map<string, Job>, next: Job): void {
  const known = all.get(next.id);
  if (known) Object.assign(known, next); else all.set(next.id, next);
}

// In the list.
export const standsElsewhere = (before: Job | undefined, next: Job): boolean =>
  !before || before.state !== next.state || before.position !== next.position || before.priority !== next.priority;

// What was `asked` before the last event of it came may be older than that: it is asked for again.
export function keep(job: Job, asked = Infinity): void {
  if ((told.get(job.id) ?? 0) > asked) return refresh(job.id);
  const before = jobs.get(job.id);
  const { files: _, ...progress } = job.progress;
  const next = { ...job, progress };
  const elsewhere = standsElsewhere(before, next);
  put(jobs, next);
  changed(elsewhere);
  if (jobs.size > most) forgetOldest();
}

export async function keepAnswer(answer: Promise<Job>): Promise<Job> {
  const asked = performance.now();
  const job = await answer;
  keep(job, asked);
  return job;
}

function forgetOldest(): void {
  const over = [...jobs.values()].filter((job) => ended(job.state)).sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const job of over.slice(0, jobs.size - most + 500)) jobs.delete(job.id);
}

interface Page { jobs: Job[]; next_cursor: string | null }

// Pages from the newest on; `known`: only until everything of a page was here already.
async function load(known: boolean): Promise<void> {
  for (let cursor = '', first = true; ; first = false) {
    const asked = performance.now();
    const page: Page = await get(`/v1/jobs?limit=1000&cursor=${encodeURIComponent(cursor)}`);
    const news = page.jobs.some((job) => !jobs.has(job.id));
    for (const job of page.jobs) keep(job, asked);
    if (first) connection.value = { ...connection.value, loading: false };
    if (!page.next_cursor || jobs.size >= most || (known && !news)) return;
    cursor = page.next_cursor;
  }
}

// One at a time, and not at once: a burst of events is one question.
export class Question {
  private timer = 0;
  private running = false;
  private wanted = false;
  constructor(private readonly ask: () => Promise<void>, private readonly pause: number) {}
  soon(): void {
    this.wanted = true;
    if (!this.running) this.timer ||= window.setTimeout(() => void this.run(), this.pause);
  }
  private async run(): Promise<void> {
    this.timer = 0;
    this.running = true;
    this.wanted = false;
    try { await this.ask(); } catch { /* the stream says when the node is away, and asks again when it is back */ }
    this.running = false;
    if (this.wanted) this.soon();
  }
}

const everything = new Question(reloadAll, 50);
const newcomers = new Question(() => load(true), 150);
const line = new Question(() => load(false), 2000);
export const facts = new Question(async () => { node.value = await get<NodeFacts>('/v1/node'); }, 100);
export const rules = new Question(async () => { limits.value = await get<Limits>('/v1/limits'); }, 100);

async function reloadAll(): Promise<void> {
  const before = new Set(jobs.keys());
  const seen = new Set<string>();
  for (let cursor = '', first = true; ; first = false) {
    const asked = performance.now();
    const page: Page = await get(`/v1/jobs?limit=1000&cursor=${encodeURIComponent(cursor)}`);
    for (const job of page.jobs) { keep(job, asked); seen.add(job.id); }
    if (first) connection.value = { ...connection.value, loading: false };
    if (!page.next_cursor || seen.size >= most) break;
    cursor = page.next_cursor;
  }
  for (const id of before) if (!seen.has(id)) jobs.delete(id);
  changed(true);
}

// Those that are being asked for one by one. A node that was restarted tells of every job it has: then a list is less.
const singles = new Map<string, Question>();
const mostSingles = 16;
function refresh(id: string): void {
  let one = singles.get(id);
  if (!one) {
    if (singles.size >= mostSingles) return line.soon();
    one = new Question(async () => {
      try { await keepAnswer(get<Job>(`/v1/jobs/${id}`)); } finally { singles.delete(id); }
    }, 150);
    singles.set(id, one);
  }
  one.soon();
}

function apply(kind: string, event: JobEvent): void {
  if (event.action === 'limit-changed') rules.soon();
  if (event.action === 'health-changed') facts.soon();
  const id = event.job;
  if (!id) return;
  if (kind !== 'progress') {
    if (told.size > 4000) told.clear();
    told.set(id, performance.now());
  }
  const job = jobs.get(id);
  if (kind === 'end') {
    const { seq: _s, time: _t, actor: _a, action: _c, level: _l, human: _h, ...whole } = event;
    if (job?.state === 'queued') closeUp(job);
    keep(whole as unknown as Job);
    tellOfEnd(whole as unknown as Job);
    facts.soon();
    return;
  }
  if (!job) return newcomers.soon();
  if (kind === 'progress') return beatOf(job, event);
  if (kind === 'state' && event.state) {
    if (job.state === 'queued' && event.state !== 'queued') closeUp(job);
    keep({ ...job, state: event.state, cause: null, until: null, position: null, error: event.state === 'failed' ? job.error : null });
    if (!atWork(event.state)) refresh(id);
  } else if (event.action === 'job-moved' || event.action === 'limit-changed') {
    refresh(id);
    if (event.action === 'job-moved') line.soon();
  }
}

// It has left the line: those behind it move up.
function closeUp({ id, position }: Job): void {
  if (!position) return;
  for (const other of jobs.values()) {
    if (other.id !== id && other.position && other.position > position) other.position -= 1;
  }
}

// As it is after an event of its progress.
export function advanced(job: Job, event: JobEvent): Job {
  const { received, durable, verified, discarded, total, rate, eta_s } = event;
  const progress = { ...job.progress, received, durable, verified, discarded, total, rate, eta_s } as Job['progress'];
  return { ...job, progress, cause: typeof event['cause'] === 'string' ? event['cause'] : null };
}

function beatOf(job: Job, event: JobEvent): void {
  put(jobs, advanced(job, event));
  changed(false);
}

const take = ({ kind, data }: Heard): void => apply(kind, JSON.parse(data) as JobEvent);

let stream: Subscription | null = null;
export function start(): void {
  stream = follow({
    path: '/v1/events',
    take,
    opened() {
      // After a break the stream goes on where it was, but a node that was restarted has forgotten what it told before.
      everything.soon();
      facts.soon();
      rules.soon();
    },
    state(now) { connection.value = { ...connection.value, ...now }; },
  });
  window.setInterval(() => void sample(), pace);
  window.setInterval(() => { if (!document.hidden && connection.value.live) facts.soon(); }, 10_000);
  document.addEventListener('visibilitychange', rest);
  window.addEventListener('online', () => stream?.wake());
}

// A browser has six connections to one origin, whatever number of tabs: one that nobody looks at, and that is to tell nothing,
// gives its own back after a while.
const patience = 60_000; // ms
let resting = 0;
function rest(): void {
  clearTimeout(resting);
  if (!document.hidden) { stream?.wake(); facts.soon(); }
  else if (!wanted.value) resting = window.setTimeout(() => stream?.rest(), patience);
}

export const reconnect = (): void => stream?.wake();

// What the node receives, by its own count: jobs that share a content fetch it once.
let counted: { bytes: number; at: number } | null = null;
async function sample(): Promise<void> {
  const moving = [...jobs.values()].some((job) => job.state === 'fetching');
  if (moving && connection.value.live && !document.hidden) {
    try {
      const now = await get<NodeFacts>('/v1/node');
      node.value = now;
      const next = { bytes: now.bytes_received ?? 0, at: performance.now() };
      if (counted && next.bytes >= counted.bytes) return note(((next.bytes - counted.bytes) * 1000) / (next.at - counted.at), next);
      return note(0, next);
    } catch { /* the stream says when the node is away */ }
  }
  note(0, null);
}

function note(rate: number, now: typeof counted): void {
  counted = now;
  const [times, values] = rates;
  times.push(Math.floor(Date.now() / 1000));
  values.push(Math.round(rate));
  if (times.length > longestHistory) { times.shift(); values.shift(); }
  if (!document.hidden) rateBeat.value += 1;
}
