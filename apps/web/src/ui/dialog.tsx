// Questions that stop everything else: the browser's own dialog, which keeps the focus and closes with Escape.
import { signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from './parts';

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }): JSX.Element {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => { if (before instanceof HTMLElement) before.focus(); };
  }, []);
  return (
    <dialog ref={box} aria-labelledby="dialog-title" onClose={onClose} onClick={(e) => { if (e.target === box.current) onClose(); }}>
      <div class="dialog"><h2 id="dialog-title">{title}</h2>{children}</div>
    </dialog>
  );
}

interface Choice { label: string; kind?: 'main' | 'danger' | 'quiet'; run: () => void }
interface Question { title: string; text: ComponentChildren; choices: Choice[] }
const asked = signal<Question | null>(null);

export function confirm(title: string, text: ComponentChildren, choices: Choice[]): void {
  asked.value = { title, text, choices };
}

export function Confirmation(): JSX.Element | null {
  const now = asked.value;
  if (!now) return null;
  const close = (): void => { asked.value = null; };
  return (
    <Dialog title={now.title} onClose={close}>
      <div class="text">{now.text}</div>
      <div class="actions">
        <Button label="Back" onClick={close} />
        {now.choices.map(({ label, kind, run }) => <Button key={label} label={label} kind={kind ?? 'main'} onClick={() => { close(); run(); }} />)}
      </div>
    </Dialog>
  );
}
