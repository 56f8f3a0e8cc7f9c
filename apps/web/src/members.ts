// The members of the hive, as this node sees them. A node that knows of no hive answers 404, and is alone.
import { useEffect, useState } from 'preact/hooks';
import { get, post, Problem, type Hive, type Member } from './api';
import { ago } from './format';
import { forced } from './force';
import { attempt, toast } from './ui/toast';

const nobody: Hive = { members: [], next_cursor: null, artifacts: [], in_hive: false, island: { visible: 1, expected: 1, majority: true, isolated: false, stretch: 1, since: null } };
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

export const namesOf = (hive: Hive): Map<string, string> => new Map(hive.members.map(({ id, name }) => [id, name]));
// By what a member is asked for: its name, where that is nobody else's.
export const handleOf = (one: Member, all: Member[]): string => (all.some(({ id, name }) => name === one.name && id !== one.id) ? one.id : one.name);

// Why a member is not there, by the word of who misses it; empty: it is there, or nobody says why.
export function whyAway(hive: Hive | null, name: string): string {
  const one = hive?.members.find((member) => member.name === name || member.id === name);
  if (!one || one.reachability === 'ok') return '';
  const first = one.seen[0];
  return first ? `${one.reachability}: ${first.cause.replaceAll('_', ' ')}, ${ago(first.since)}` : one.reachability;
}

// The nodes that hold an artifact; null where there are no others, or none has said so.
export function nodesWith(hive: Hive | null, artifact: string): string[] | null {
  const all = hive ? present(hive) : [];
  const names = all.filter(({ artifacts }) => artifacts.includes(artifact)).map(({ name }) => name);
  return all.length > 1 && names.length > 0 ? names : null;
}

export const drain = (one: Member, on: boolean): Promise<boolean> => attempt(async () => {
  await post(`/v1/members/${one.id}/${on ? 'drain' : 'undrain'}`);
  await look();
}, on ? `${one.name} takes no new jobs` : `${one.name} takes jobs again`);

export const forget = (one: Member): Promise<boolean> => forced({
  label: 'Forget',
  means: `The nodes that are not in reach may live on together behind a broken network, ${one.name} among them. Struck off here, it counts no more when it is asked whether more than half are in reach: this side may take itself for the larger one, and remove copies, while the other side does so too.`,
  async run(force) {
    await post(`/v1/members/${one.id}/forget`, { force });
    toast(`${one.name} is forgotten`);
    await look();
  },
});
