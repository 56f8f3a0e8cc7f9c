// Small parts that every page uses.
import type { ComponentChildren, JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { bytes } from '../format';
import type { Counts, JobState } from '../api';
import { Icon, type IconName } from './icon';
import { toast } from './toast';

interface ButtonProps {
  icon?: IconName; label: string; bare?: boolean; kind?: 'main' | 'danger' | 'quiet';
  onClick?: (event: MouseEvent) => void; disabled?: boolean; type?: 'button' | 'submit'; pressed?: boolean; testid?: string;
}
// `bare`: only its icon is seen; the label is told.
export function Button({ icon, label, bare, kind = 'quiet', onClick, disabled, type = 'button', pressed }: ButtonProps): JSX.Element {
  return (
    <button type={type} class={`button ${kind} ${bare ? 'bare' : ''}`} onClick={onClick} disabled={disabled}
      title={bare ? label : undefined} aria-label={bare ? label : undefined} aria-pressed={pressed}>
      {icon && <Icon name={icon} />}{!bare && <span>{label}</span>}
    </button>
  );
}

const words: Record<JobState, string> = {
  queued: 'Queued', resolving: 'Resolving', fetching: 'Fetching', committing: 'Committing', paused: 'Paused',
  waiting: 'Waiting', succeeded: 'Done', failed: 'Failed', cancelled: 'Cancelled',
};
export const StateWord = ({ state }: { state: JobState }): JSX.Element => <span class={`state ${state}`}>{words[state]}</span>;

export const Chip = ({ children, tone = '' }: { children: ComponentChildren; tone?: string }): JSX.Element =>
  <span class={`chip ${tone}`}>{children}</span>;

// Three figures in one bar: what came, what lies safely on the disk, what was checked.
export function Bar({ counts, label, still }: { counts: Partial<Counts>; label: string; still?: boolean }): JSX.Element {
  const total = counts.total ?? 0;
  const part = (n: number | undefined): string => (total > 0 ? `${Math.min(100, (100 * (n ?? 0)) / total)}%` : '0%');
  const now = total > 0 ? Math.floor((100 * (counts.received ?? 0)) / total) : 0;
  return (
    <div class={`bar ${still ? 'still' : ''}`} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={now}
      aria-valuetext={`${bytes(counts.received)} received, ${bytes(counts.durable)} durable, ${bytes(counts.verified)} verified, of ${bytes(counts.total)}`}>
      <i class="received" style={{ width: part(counts.received) }} />
      <i class="durable" style={{ width: part(counts.durable) }} />
      <i class="verified" style={{ width: part(counts.verified) }} />
    </div>
  );
}

export function Copy({ text, label }: { text: string; label: string }): JSX.Element {
  const [done, setDone] = useState(false);
  const timer = useRef(0);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      clearTimeout(timer.current);
      timer.current = window.setTimeout(() => setDone(false), 1500);
    } catch {
      toast('The browser does not allow copying here; select the text instead.', 'bad');
    }
  };
  return <Button icon={done ? 'check' : 'copy'} bare label={done ? 'Copied' : `Copy ${label}`} onClick={() => void copy()} />;
}

export const Snippet = ({ text, label }: { text: string; label: string }): JSX.Element => (
  <div class="snippet">
    <pre tabIndex={0} aria-label={label}>{text}</pre>
    <Copy text={text} label={label} />
  </div>
);

export const Fact = ({ name, children }: { name: string; children: ComponentChildren }): JSX.Element => (
  <div class="fact"><dt>{name}</dt><dd>{children}</dd></div>
);

export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element => (
  <div class="empty"><p class="lead">{title}</p>{children}</div>
);

export const Trouble = ({ detail, hint }: { detail: string; hint: string }): JSX.Element => (
  <div class="trouble" role="alert"><Icon name="alert" /><div><p>{detail}</p>{hint && <p class="hint">{hint}</p>}</div></div>
);

export function Field({ label, hint, error, children }: { label: string; hint?: string; error?: string; children: ComponentChildren }): JSX.Element {
  return (
    <label class="field"><span class="name">{label}</span>{children}
      {hint && <span class="hint">{hint}</span>}{error && <span class="error" role="alert">{error}</span>}
    </label>
  );
}

export function Segments<T extends string>({ label, value, all, onChange }: { label: string; value: T; all: [T, string][]; onChange: (to: T) => void }): JSX.Element {
  return (
    <div class="segments" role="group" aria-label={label}>
      {all.map(([key, text]) => (
        <button key={key} type="button" aria-pressed={key === value} onClick={() => onChange(key)}>{text}</button>
      ))}
    </div>
  );
}
