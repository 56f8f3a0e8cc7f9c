// The members of the hive, as this node sees them. A node that knows of no hive answers 404, and is alone.
import { useEffect, useState } from 'preact/hooks';
import { get, post, Problem } from './api';
import { attempt } from './ui/toast';

export interface Member {
  id: string; name: string; state: string; reachability?: string; self?: boolean; linked?: boolean; draining?: boolean; version?: string | null;
  addresses?: string[]; labels?: string[]; free_disk?: number | null; seen?: { by: string; since: string; cause?: string | null }[]; artifacts?: string[];
}
export interface Hive {
  members: Member[];
  island?: { visible: number; expected: number; majority: boolean; isolated: boolean; since: string | null };
}
const every = 5000;
let look: () => Promise<void> = async () => undefined;

export function useHive(): Hive | null {
  const [hive, setHive] = useState<Hive | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    look = async () => {
      clearTimeout(timer);
      try {
        if (!document.hidden) setHive(await get<Hive>('/v1/members', abort.signal));
      } catch (why) {
        if (abort.signal.aborted) return;
        if (why instanceof Problem && why.status === 404) return setHive({ members: [] });
      }
      timer = window.setTimeout(() => void look(), every);
    };
    void look();
    return () => { abort.abort(); clearTimeout(timer); };
  }, []);
  return hive;
}

export const actOn = (one: Member, action: 'drain' | 'undrain' | 'forget'): Promise<boolean> => attempt(async () => {
  await post(`/v1/members/${one.id}/${action}`);
  await look();
}, { drain: `${one.name} takes no new jobs`, undrain: `${one.name} takes jobs again`, forget: `${one.name} is forgotten` }[action]);
