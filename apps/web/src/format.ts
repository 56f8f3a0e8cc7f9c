// Figures as people read them. Sizes in powers of ten, as the command line shows them.

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

export function bytes(n: number | null | undefined): string {
  if (n === null || n === undefined) return '?';
  let at = 0;
  let left = n;
  while (left >= 999.5 && at < units.length - 1) { left /= 1000; at += 1; }
  return `${at === 0 || left >= 99.95 ? Math.round(left) : left >= 9.995 ? left.toFixed(1) : left.toFixed(2)} ${units[at]}`;
}

export const rate = (n: number | null | undefined): string => `${bytes(n)}/s`;

export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

export function shortTime(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '';
  if (seconds < 0.001) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 1) return `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : duration(seconds);
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const timeOfDay = (iso: string): string => clock.format(new Date(iso));
export const dateTime = (iso: string | null | undefined): string => (iso ? day.format(new Date(iso)) : '');

export function ago(iso: string | null | undefined, now = Date.now()): string {
  if (!iso) return 'never';
  const s = (now - Date.parse(iso)) / 1000;
  if (s < 5) return 'just now';
  if (s < 60) return `${Math.round(s)} s ago`;
  if (s < 3600) return `${Math.round(s / 60)} min ago`;
  if (s < 86400) return `${Math.round(s / 3600)} h ago`;
  return s < 86400 * 60 ? `${Math.round(s / 86400)} d ago` : dateTime(iso);
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

export function parameters(n: number | null | undefined): string {
  if (!n) return '';
  if (n >= 1e9) return `${(n / 1e9).toFixed(n >= 1e10 ? 0 : 1)} B`;
  return n >= 1e6 ? `${Math.round(n / 1e6)} M` : n.toLocaleString('en');
}

// "20M", "1.5 GB/s", "0": bytes; null when it is none of these.
export function readBytes(text: string): number | null {
  const m = /^\s*(\d+(?:\.\d+)?)\s*([kKMGT]?)i?B?(?:\/s)?\s*$/.exec(text);
  if (!m) return null;
  const power = ' kMGT'.indexOf((m[2] === 'K' ? 'k' : m[2]) || ' ');
  return Math.round(Number(m[1]) * 1000 ** power);
}
