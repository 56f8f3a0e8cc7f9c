// The list of actors, as the node sends it again and again while somebody looks.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem, type Actors } from '../api';
import { follow } from '../stream';
import { visible } from '../ui/screen';

const again = 3000; // ms after a node said that it cannot

// `node`: whose; none: this one's.
export function useActors(query: string, node: string): { now: Actors | null; failed: Problem | null } {
  const [now, setNow] = useState<{ of: string; actors: Actors } | null>(null);
  const [failed, setFailed] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  const asked = `${query}${node ? `&node=${encodeURIComponent(node)}` : ''}`;
  const held = useRef(asked);
  const seen = visible.value;
  useEffect(() => setFailed(null), [asked]);
  useEffect(() => {
    if (!seen) return undefined;
    held.current = asked;
    let timer = 0;
    const stream = follow({
      path: `/v1/actors?${asked}`,
      take({ kind, data }) {
        if (held.current !== asked) return;
        if (kind === 'actors') { setNow({ of: node, actors: JSON.parse(data) as Actors }); setFailed(null); }
        if (kind !== 'problem') return;
        const { code, detail, hint } = JSON.parse(data) as { code: string; detail: string; hint: string };
        setFailed(new Problem(0, code, detail, hint));
        stream.stop();
        timer = window.setTimeout(() => setTurn((n) => n + 1), again);
      },
      over(why) { setFailed(why ?? new Problem(0, '', 'the node ended the view', '')); },
    });
    return () => { stream.stop(); clearTimeout(timer); };
  }, [asked, seen, turn]);
  return { now: now?.of === node ? now.actors : null, failed };
}

export const actions = {
  cancel: { label: 'Cancel its work', ask: 'Cancels the job it works for, or the transfer alone; bytes that have come stay.' },
  pause: { label: 'Pause its job', ask: 'Pauses the job it works for; bytes that have come stay.' },
  resume: { label: 'Resume its job', ask: 'Lets the job it works for go on.' },
  restart: { label: 'Restart it', ask: 'Ends it as a crash would; whoever owns it does what it does then.' },
} as const;
export type Action = keyof typeof actions;
