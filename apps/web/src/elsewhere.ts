// Jobs of the other nodes of the hive. A node tells of its own alone: while somebody looks at those of others, they are
// asked for again and again, with pauses that grow with what the answer takes.
import { useEffect } from 'preact/hooks';
import { signal } from '@preact/signals';
import { get, type Job, type JobEvent, type NodeFacts } from './api';
import { advanced, changed, jobs, keep, node, put, standsElsewhere } from './store';
import { visible } from './ui/screen';

const most = 12_000; // listed, of all nodes together
const pause = 2000;  // ms between two askings, at least

export const others = new Map<string, Job>();
// Nodes that did not answer the last time, by their names. Of them it is what they said last.
export const missing = signal<readonly string[]>([]);
export const heard = signal(false);

export const find = (id: string): Job | undefined => jobs.get(id) ?? others.get(id);
export const isOther = (id: string): boolean => others.has(id) && !jobs.has(id);

// When an order's answer or an event of a job came, by performance.now().
const told = new Map<string, number>();

function note(id: string): void {
  if (told.size > 4000) told.clear();
  told.set(id, performance.now());
}

// What was `asked` before something newer came is older than that, but for the node that has it, which only a list says.
export function keepOther(job: Job, asked = Infinity): void {
  const before = others.get(job.id);
  const node = job.node ?? before?.node;
  const { files: _, ...progress } = job.progress;
  const newer = before !== undefined && (told.get(job.id) ?? 0) > asked;
  const next = newer ? { ...before, node } : { ...job, progress, node };
  const elsewhere = standsElsewhere(before, next) || before?.node?.id !== node?.id;
  put(others, next);
  changed(elsewhere);
}

// Wherever it is.
export const keepAny = (job: Job, asked?: number): void => (isOther(job.id) ? keepOther(job, asked) : keep(job, asked));

export async function keepAnyAnswer(answer: Promise<Job>): Promise<Job> {
  const asked = performance.now();
  const job = await answer;
  keepAny(job, asked);
  if (isOther(job.id)) note(job.id);
  return job;
}

export function advanceOther(id: string, event: JobEvent): void {
  const job = others.get(id);
  if (!job) return;
  note(id);
  put(others, advanced(job, event));
  changed(false);
}

interface Page { jobs: Job[]; next_cursor: string | null; missing: string[] }

async function load(abort: AbortSignal): Promise<void> {
  const own = node.value?.id ?? (await get<NodeFacts>('/v1/node', abort)).id;
  const seen = new Set<string>();
  const away = new Set<string>();
  let listed = 0;
  for (let cursor = ''; ;) {
    const asked = performance.now();
    const page: Page = await get(`/v1/jobs?all=true&limit=1000&cursor=${encodeURIComponent(cursor)}`, abort);
    for (const name of page.missing) away.add(name);
    for (const job of page.jobs) {
      if (job.node?.id === own) continue;
      seen.add(job.id);
      keepOther(job, asked);
    }
    listed += page.jobs.length;
    if (!page.next_cursor || listed >= most) break;
    cursor = page.next_cursor;
  }
  for (const [id, job] of others) {
    if (seen.has(id) || (job.node ? away.has(job.node.name) : !jobs.has(id))) continue;
    others.delete(id);
    told.delete(id);
    changed(true);
  }
  const names = [...away].sort();
  if (names.join() !== missing.value.join()) { missing.value = names; changed(true); }
  heard.value = true;
}

export function useOthers(wanted: boolean): void {
  const seen = visible.value;
  useEffect(() => {
    if (!wanted || !seen) return undefined;
    const abort = new AbortController();
    let timer = 0;
    const look = async (): Promise<void> => {
      const began = performance.now();
      try { await load(abort.signal); } catch { /* the stream says when the node is away */ }
      if (!abort.signal.aborted) timer = window.setTimeout(() => void look(), Math.max(pause, 5 * (performance.now() - began)));
    };
    void look();
    return () => { abort.abort(); clearTimeout(timer); };
  }, [wanted, seen]);
}
