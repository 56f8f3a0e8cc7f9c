// The members of the hive, as this node sees them. A node that knows of no hive answers 404, and is alone.
import { useEffect, useState } from 'preact/hooks';
import { get, post, Problem, type Hive, type Member } from './api';
import { attempt } from './ui/toast';

const nobody: Hive = { members: [], next_cursor: null, artifacts: [], in_hive: false, island: { visible: 1, expected: 1, majority: true, isolated: false, since: null } };
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
        if (why instanceof Problem && why.status === 404) return setHive(nobody);
      }
      timer = window.setTimeout(() => void look(), every);
    };
    void look();
    return () => { abort.abort(); clearTimeout(timer); };
  }, []);
  return hive;
}

// Those that are expected: who left is listed, and holds nothing for the others.
export const present = (hive: Hive): Member[] => hive.members.filter(({ state }) => state !== 'left' && state !== 'forgotten');

// The nodes that hold an artifact; null where there are no others, or none has said so.
export function nodesWith(hive: Hive | null, artifact: string): string[] | null {
  const all = hive ? present(hive) : [];
  const names = all.filter(({ artifacts }) => artifacts.includes(artifact)).map(({ name }) => name);
  return all.length > 1 && names.length > 0 ? names : null;
}

export const actOn = (one: Member, action: 'drain' | 'undrain' | 'forget'): Promise<boolean> => attempt(async () => {
  await post(`/v1/members/${one.id}/${action}`);
  await look();
}, { drain: `${one.name} takes no new jobs`, undrain: `${one.name} takes jobs again`, forget: `${one.name} is forgotten` }[action]);
