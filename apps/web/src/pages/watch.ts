// The list of actors, as the node sends it again and again while somebody looks.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem, type Actors } from '../api';
import { follow } from '../stream';
import { visible } from '../ui/screen';

export function useActors(query: string): { now: Actors | null; failed: Problem | null } {
  const [now, setNow] = useState<Actors | null>(null);
  const [failed, setFailed] = useState<Problem | null>(null);
  const held = useRef(query);
  const seen = visible.value;
  useEffect(() => {
    if (!seen) return undefined;
    held.current = query;
    setFailed(null);
    const stream = follow({
      path: `/v1/actors?${query}`,
      take({ kind, data }) {
        if (held.current !== query) return;
        if (kind === 'actors') setNow(JSON.parse(data) as Actors);
      },
      over(why) { setFailed(why ?? new Problem(0, '', 'the node ended the view', '')); },
    });
    return () => stream.stop();
  }, [query, seen]);
  return { now, failed };
}

export const actions = {
  cancel: { label: 'Cancel its work', ask: 'Cancels the job it works for, or the transfer alone; bytes that have come stay.' },
  pause: { label: 'Pause its job', ask: 'Pauses the job it works for; bytes that have come stay.' },
  resume: { label: 'Resume its job', ask: 'Lets the job it works for go on.' },
  restart: { label: 'Restart it', ask: 'Ends it as a crash would; whoever owns it does what it does then.' },
} as const;
export type Action = keyof typeof actions;
