// What came of what was asked: said once, for a few seconds, also to those who do not see it.
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { describe } from '../api';
import { Icon } from './icon';

interface Toast { id: number; text: string; tone: string }
const shown = signal<Toast[]>([]);
let last = 0;

export function toast(text: string, tone: 'good' | 'bad' = 'good'): void {
  const id = ++last;
  shown.value = [...shown.value.slice(-3), { id, text, tone }];
  window.setTimeout(() => { shown.value = shown.value.filter((one) => one.id !== id); }, tone === 'bad' ? 9000 : 4000);
}

// Runs what a button asks for; a failure is told with what to do.
export async function attempt(what: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await what();
    if (done) toast(done);
    return true;
  } catch (failed) {
    const { detail, hint } = describe(failed);
    toast(hint ? `${detail} — ${hint}` : detail, 'bad');
    return false;
  }
}

export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.value.map(({ id, text, tone }) => <div key={id} class={`toast ${tone}`}><Icon name={tone === 'bad' ? 'alert' : 'check'} />{text}</div>)}
    </div>
  );
}
