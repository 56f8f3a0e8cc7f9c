// Notifications of the browser: only when they were asked for, and only while nobody looks.
import { signal } from '@preact/signals';
import type { Job } from './api';

const kept = 'hive.notify';
export const wanted = signal(localStorage.getItem(kept) === 'yes' && 'Notification' in window && Notification.permission === 'granted');
export const possible = 'Notification' in window;

export async function ask(on: boolean): Promise<string> {
  if (!on) {
    localStorage.removeItem(kept);
    wanted.value = false;
    return '';
  }
  if (await Notification.requestPermission() !== 'granted') return 'The browser does not allow notifications of this page.';
  localStorage.setItem(kept, 'yes');
  wanted.value = true;
  return '';
}

export function tellOfEnd(job: Job): void {
  if (!wanted.value || !document.hidden || job.state === 'cancelled') return;
  const failed = job.state === 'failed';
  const note = new Notification(failed ? 'Failed' : 'Done', { body: failed && job.error ? `${job.ref}: ${job.error.detail}` : job.ref, tag: job.id });
  note.onclick = () => { window.focus(); location.hash = `#/jobs/${job.id}`; note.close(); };
}
