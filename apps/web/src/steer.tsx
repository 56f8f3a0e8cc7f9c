// What can be asked of a job, and how it is asked.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import { patch, post, type Job } from './api';
import { find, isOther, keepAny, keepAnyAnswer, others } from './elsewhere';
import { bytes, rate, readBytes } from './format';
import { atWork, ended, jobs, shape } from './store';
import { confirm, Dialog } from './ui/dialog';
import { Button, Field } from './ui/parts';
import { attempt, toast } from './ui/toast';

const at = (job: Job, what = ''): string => `/v1/jobs/${job.id}${what}`;
export const can = {
  pause: (job: Job): boolean => !ended(job.state) && job.state !== 'paused',
  resume: (job: Job): boolean => job.state === 'paused',
  cancel: (job: Job): boolean => !ended(job.state),
  retry: (job: Job): boolean => job.state === 'failed' || job.state === 'cancelled',
  move: (job: Job): boolean => job.state === 'queued',
};

export const pause = (job: Job): Promise<boolean> => attempt(() => keepAnyAnswer(post<Job>(at(job, '/pause'))), `Paused ${job.ref}`);
export const resume = (job: Job): Promise<boolean> => attempt(() => keepAnyAnswer(post<Job>(at(job, '/resume'))), `${job.ref} goes on`);
export const retry = (job: Job): Promise<boolean> => attempt(() => keepAnyAnswer(post<Job>(at(job, '/retry'))), `${job.ref} is tried again`);
const cancelNow = (job: Job, purge: boolean): Promise<boolean> =>
  attempt(() => keepAnyAnswer(post<Job>(at(job, '/cancel'), { purge })), purge ? `Cancelled ${job.ref}; what had come is removed` : `Cancelled ${job.ref}; what had come is kept`);

export function cancel(job: Job): void {
  const here = job.progress.received ?? 0;
  confirm(`Cancel ${job.ref}?`, (
    <p>{here > 0 ? `${bytes(here)} have come. Kept, they need not come again when it is pulled again.` : 'Nothing has come yet.'}</p>
  ), [
    { label: 'Cancel and remove', kind: 'danger', run: () => void cancelNow(job, true) },
    { label: 'Cancel, keep bytes', kind: 'main', run: () => void cancelNow(job, false) },
  ]);
}

// The line a job stands in: queued jobs of its node, in order.
function lineOf(job: Job): Job[] {
  const all = isOther(job.id) ? [...others.values()].filter(({ node }) => node?.id === job.node?.id) : [...jobs.values()];
  return all.filter(({ state }) => state === 'queued').sort(inLine);
}
export function inLine(a: Job, b: Job): number {
  const [x, y] = [a.position ?? Infinity, b.position ?? Infinity];
  if (x !== y) return x - y;
  const [p, q] = [a.priority ?? 0, b.priority ?? 0];
  return p !== q ? q - p : a.id < b.id ? -1 : 1;
}

export async function move(job: Job, position: number): Promise<void> {
  const now = lineOf(job);
  const to = Math.max(1, Math.min(now.length, position));
  await attempt(async () => {
    const moved = await patch<Job>(at(job), { position: to });
    // The others make room at once; the node's own word follows.
    const rest = now.filter((one) => one.id !== job.id);
    rest.splice((moved.position ?? to) - 1, 0, moved);
    rest.forEach(({ id }, i) => {
      const still = find(id);
      if (still?.state === 'queued') keepAny({ ...still, position: i + 1 });
    });
    shape.value += 1;
  });
  announceMove(job);
}
const announceMove = (job: Job): void => toast(`${job.ref} is number ${find(job.id)?.position ?? '?'} in line`);

export const changing = signal<Job | null>(null);

// Priority, and a rate of its own.
export function JobSettings(): JSX.Element | null {
  const job = changing.value;
  return job && <SettingsOf key={job.id} job={job} />;
}

function SettingsOf({ job }: { job: Job }): JSX.Element {
  const [priority, setPriority] = useState(String(job.priority ?? 0));
  const [limit, setLimit] = useState(job.max_rate ? rate(job.max_rate) : '0');
  const [wrong, setWrong] = useState('');
  const close = (): void => { changing.value = null; };
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const max_rate = readBytes(limit);
    if (max_rate === null) return setWrong('Say it as 5M, 800k or 0 for none.');
    if (await attempt(() => keepAnyAnswer(patch<Job>(at(job), { priority: Math.trunc(Number(priority)) || 0, max_rate })), 'It holds now')) close();
  };
  return (
    <Dialog title={`Change ${job.ref}`} onClose={close}>
      <form onSubmit={(e) => void save(e)}>
        <Field label="Priority" hint="Higher goes first; 0 is usual.">
          <input type="number" step="1" value={priority} onInput={(e) => setPriority(e.currentTarget.value)} />
        </Field>
        <Field label="Its own limit" hint="Bytes a second: 5M, 800k; 0 is none." error={wrong}>
          <input value={limit} onInput={(e) => { setLimit(e.currentTarget.value); setWrong(''); }} />
        </Field>
        <div class="actions"><Button label="Back" onClick={close} /><Button type="submit" kind="main" label="Apply" /></div>
      </form>
    </Dialog>
  );
}

// The buttons of one job, as its state allows them.
export function JobButtons({ job, bare }: { job: Job; bare: boolean }): JSX.Element {
  const name = job.ref;
  return (
    <div class="buttons">
      {can.resume(job) && <Button icon="resume" bare={bare} label={bare ? `Resume ${name}` : 'Resume'} onClick={() => void resume(job)} />}
      {can.pause(job) && <Button icon="pause" bare={bare} label={bare ? `Pause ${name}` : 'Pause'} onClick={() => void pause(job)} />}
      {can.retry(job) && <Button icon="retry" bare={bare} label={bare ? `Retry ${name}` : 'Retry'} onClick={() => void retry(job)} />}
      {can.cancel(job) && <Button icon="settings" bare={bare} label={bare ? `Priority and limit of ${name}` : 'Priority and limit'} onClick={() => { changing.value = job; }} />}
      {can.cancel(job) && <Button icon="cancel" bare={bare} label={bare ? `Cancel ${name}` : 'Cancel'} onClick={() => cancel(job)} />}
    </div>
  );
}

// What a person wants to know of a job in one line.
export function sentence(job: Job): string {
  const { rate: now = 0, eta_s: eta } = job.progress;
  if (job.state === 'failed') return job.error?.detail ?? 'failed';
  if (job.cause) return job.state === 'queued' ? job.cause.replace(/^\d+ of \d+ in line; /, '') : job.cause;
  if (job.state === 'fetching') return now > 0 ? `${rate(now)}${eta === null || eta === undefined ? '' : `, ${shortEta(eta)} left`}` : 'nothing has moved yet';
  if (job.state === 'resolving') return 'asking where it is';
  if (job.state === 'committing') return 'taking it into the catalog';
  return atWork(job.state) ? 'at work' : '';
}
function shortEta(s: number): string {
  if (s < 90) return `${s} s`;
  if (s < 5400) return `${Math.round(s / 60)} min`;
  return s < 172800 ? `${(s / 3600).toFixed(1)} h` : `${Math.round(s / 86400)} d`;
}
