// A list of any length of which only what is seen is there. Keys move a cursor from row to row.
import type { ComponentChildren, JSX, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

interface Props<T> {
  items: readonly T[]; heightOf: (item: T) => number; label: string; keyOf: (item: T) => string;
  row: (item: T, index: number, focused: boolean) => ComponentChildren;
  onKey?: (event: KeyboardEvent, item: T, index: number) => void;
  onOpen?: (item: T) => void;
  rowClass?: (item: T) => string;
}
const spare = 300; // pixels beyond the screen
type Span = [number, number];

// The last of `tops` that is not below `y`.
function rowAt(tops: Float64Array, y: number): number {
  let [low, high] = [0, tops.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tops[middle]! <= y) low = middle; else high = middle - 1;
  }
  return low;
}

// The window scrolls, not the list: the part of it that is on the screen, in steps. Not within the list: what the listeners
// see stays in memory for as long as they do, and there it would be all the items of the day they were set.
function useSeen(box: RefObject<HTMLDivElement | null>, length: number): [Span, (to: Span) => void] {
  const [seen, setSeen] = useState<Span>([0, 1500]);
  useEffect(() => {
    let frame = 0;
    const look = (): void => {
      frame = 0;
      const top = box.current?.getBoundingClientRect().top ?? 0;
      const step = (y: number): number => Math.floor(y / 100) * 100;
      const [first, last] = [step(-top - spare), step(window.innerHeight - top + spare)];
      setSeen((now) => (now[0] === first && now[1] === last ? now : [first, last]));
    };
    const soon = (): void => { frame ||= requestAnimationFrame(look); };
    look();
    addEventListener('scroll', soon, { passive: true });
    addEventListener('resize', soon);
    return () => { removeEventListener('scroll', soon); removeEventListener('resize', soon); cancelAnimationFrame(frame); };
  }, [length]);
  return [seen, setSeen];
}

export function VirtualList<T>({ items, heightOf, label, keyOf, row, onKey, onOpen, rowClass }: Props<T>): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useSeen(box, items.length);
  const [cursor, setCursor] = useState<string | null>(null);
  const moved = useRef(false);

  // Where each row begins, and where the last one ends.
  const tops = useMemo(() => {
    const all = new Float64Array(items.length + 1);
    items.forEach((item, i) => { all[i + 1] = all[i]! + heightOf(item); });
    return all;
  }, [items, heightOf]);

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
    const at = tops[index]!;
    if (at < seen[0] || at > seen[1]) {
      const top = (box.current?.getBoundingClientRect().top ?? 0) + scrollY;
      scrollTo({ top: top + at - innerHeight / 2 });
      setSeen([at - 1500, at + 1500]);
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

  const first = rowAt(tops, seen[0]);
  const last = Math.min(items.length, rowAt(tops, seen[1]) + 1);
  const rows: JSX.Element[] = [];
  for (let index = first; index < last; index++) {
    const item = items[index]!;
    const key = keyOf(item);
    const mine = at === index || (at < 0 && index === 0);
    rows.push(
      <div key={key} role="listitem" aria-setsize={items.length} aria-posinset={index + 1} class={`row ${rowClass?.(item) ?? ''}`}
        tabIndex={mine ? 0 : -1} data-cursor={at === index ? 'yes' : undefined} style={{ top: `${tops[index]}px`, height: `${tops[index + 1]! - tops[index]!}px` }}
        onFocus={(e) => { if (e.target === e.currentTarget && cursor !== key) setCursor(key); }} onKeyDown={(e) => pressed(e, index, item)}>
        {row(item, index, at === index)}
      </div>,
    );
  }
  return <div ref={box} class="list" role="list" aria-label={label} style={{ height: `${tops[items.length]}px` }}>{rows}</div>;
}
