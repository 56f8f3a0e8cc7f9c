// Light, dark, or as the system has it.
import { effect, signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';
const kept = 'hive.theme';
const stored = localStorage.getItem(kept);
export const theme = signal<Theme>(stored === 'light' || stored === 'dark' ? stored : 'auto');
// Told when colours have changed: what is drawn on a canvas is drawn again.
export const themeBeat = signal(0);

effect(() => {
  if (theme.value === 'auto') { delete document.documentElement.dataset['theme']; localStorage.removeItem(kept); }
  else { document.documentElement.dataset['theme'] = theme.value; localStorage.setItem(kept, theme.value); }
  themeBeat.value = themeBeat.peek() + 1;
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { themeBeat.value += 1; });

const next: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' };
export const turn = (): void => { theme.value = next[theme.value]; };
