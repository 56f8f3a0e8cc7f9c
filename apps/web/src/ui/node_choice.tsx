// Whose jobs or actors are shown: this node's, another one's, or those of all.
import type { JSX } from 'preact';
import type { Hive } from '../api';
import { handleOf, present, whyAway } from '../members';
import { Icon } from './icon';

interface Props { hive: Hive | null; value: string; all?: boolean; onChange: (to: string) => void }

// '' is this node, 'all' every one.
export function NodeChoice({ hive, value, all, onChange }: Props): JSX.Element | null {
  const members = hive ? present(hive) : [];
  if (members.length < 2 && !value) return null;
  const others = members.filter(({ self }) => !self).map((one) => ({ handle: handleOf(one, members), one }));
  const listed = value === '' || (all && value === 'all') || others.some(({ handle }) => handle === value);
  return (
    <label class="node-choice"><span class="dim">Node</span>
      <select value={value} onChange={(e) => onChange(e.currentTarget.value)}>
        <option value="">this one{hive ? ` (${members.find(({ self }) => self)?.name ?? ''})` : ''}</option>
        {all && <option value="all">all of them</option>}
        {others.map(({ handle, one }) => <option key={one.id} value={handle}>{one.name}{one.reachability === 'ok' ? '' : ` (${one.reachability})`}</option>)}
        {!listed && <option value={value}>{value}</option>}
      </select>
    </label>
  );
}

// Says of which nodes what is shown is old.
export function Away({ names, hive, what }: { names: readonly string[]; hive: Hive | null; what: string }): JSX.Element {
  return <>{names.map((name) => {
    const why = whyAway(hive, name);
    return <p key={name} class="remark warning" role="status"><Icon name="alert" />{`${name} does not answer${why ? ` (${why})` : ''}. ${what}`}</p>;
  })}</>;
}
