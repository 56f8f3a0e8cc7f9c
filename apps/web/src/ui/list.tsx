// A list of any length of which only what is seen is there. Rows have one height; keys move a cursor from row to row.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

interface Props<T> {
  items: readonly T[]; height: number; label: string; keyOf: (item: T) => string;
  row: (item: T, index: number, focused: boolean) => ComponentChildren;
  onKey?: (event: KeyboardEvent, item: T, index: number) => void;
  onOpen?: (item: T) => void;
  rowClass?: (item: T) => string;
}
const spare = 6;

export function VirtualList<T>({ items, height, label, keyOf, row, onKey, onOpen, rowClass }: Props<T>): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState<[number, number]>([0, 30]);
  const [cursor, setCursor] = useState<string | null>(null);
  const moved = useRef(false);

  // The window scrolls, not the list: the part of it that is on the screen.
  useEffect(() => {
    let frame = 0;
    const look = (): void => {
      frame = 0;
      const top = box.current?.getBoundingClientRect().top ?? 0;
      const first = Math.max(0, Math.floor(-top / height) - spare);
      const last = Math.ceil((window.innerHeight - top) / height) + spare;
      setSeen((now) => (now[0] === first && now[1] === last ? now : [first, last]));
    };
    const soon = (): void => { frame ||= requestAnimationFrame(look); };
    look();
    addEventListener('scroll', soon, { passive: true });
    addEventListener('resize', soon);
    return () => { removeEventListener('scroll', soon); removeEventListener('resize', soon); cancelAnimationFrame(frame); };
  }, [height, items.length]);

  useLayoutEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    const at = box.current?.querySelector<HTMLElement>('[data-cursor="yes"]');
    at?.focus({ preventScroll: true });
    at?.scrollIntoView({ block: 'nearest' });
  });

  const at = cursor === null ? -1 : items.findIndex((item) => keyOf(item) === cursor);
  const move = (to: number): void => {
    const item = items[Math.max(0, Math.min(items.length - 1, to))];
    if (!item) return;
    moved.current = true;
    const index = items.indexOf(item);
    if (index < seen[0] || index >= seen[1]) {
      const top = (box.current?.getBoundingClientRect().top ?? 0) + scrollY;
      scrollTo({ top: top + index * height - innerHeight / 2 });
      setSeen([Math.max(0, index - 30), index + 30]);
    }
    setCursor(keyOf(item));
  };
  const pressed = (event: KeyboardEvent, index: number, item: T): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -items.length, End: items.length };
    const step = steps[event.key];
    if (step !== undefined && !event.altKey) { event.preventDefault(); return move(index + step); }
    if (event.key === 'Enter' && onOpen) return onOpen(item);
    onKey?.(event, item, index);
  };

  const [first, last] = [seen[0], Math.min(items.length, seen[1])];
  const rows: JSX.Element[] = [];
  for (let index = first; index < last; index++) {
    const item = items[index]!;
    const key = keyOf(item);
    const mine = at === index || (at < 0 && index === 0);
    rows.push(
      <div key={key} role="listitem" aria-setsize={items.length} aria-posinset={index + 1} class={`row ${rowClass?.(item) ?? ''}`}
        tabIndex={mine ? 0 : -1} data-cursor={at === index ? 'yes' : undefined} style={{ top: `${index * height}px`, height: `${height}px` }}
        onFocus={(e) => { if (e.target === e.currentTarget && cursor !== key) setCursor(key); }} onKeyDown={(e) => pressed(e, index, item)}>
        {row(item, index, at === index)}
      </div>,
    );
  }
  return <div ref={box} class="list" role="list" aria-label={label} style={{ height: `${items.length * height}px` }}>{rows}</div>;
}
