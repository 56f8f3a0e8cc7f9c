// On which nodes of the hive a pull is to be.
import type { JSX } from 'preact';
import type { Hive } from '../api';
import { handleOf, present } from '../members';
import { Field } from '../ui/parts';

export interface Placement { kind: 'local' | 'node' | 'all' | 'k' | 'label'; count: string; label: string; node: string }

// As the API takes it; null: it is not whole yet.
export function placementOf({ kind, count, label, node }: Placement): string | null {
  switch (kind) {
    case 'node': return node || null;
    case 'k': return /^[1-9]\d{0,3}$/.test(count.trim()) ? `k=${count.trim()}` : null;
    case 'label': return label.trim() ? `label=${label.trim()}` : null;
    default: return kind;
  }
}

const says: Record<Placement['kind'], string> = {
  local: '', node: '',
  all: 'Also those that are away or join later.',
  k: 'The hive chooses; those with more room more often.',
  label: 'Also those with it that are away or join later.',
};

// Nothing where there is no other node.
export function Where({ hive, value, onChange }: { hive: Hive | null; value: Placement; onChange: (to: Placement) => void }): JSX.Element | null {
  const members = hive ? present(hive) : [];
  if (members.length < 2) return null;
  const labels = [...new Set(members.flatMap((one) => one.labels))].sort();
  const choose = (text: string): void => {
    const [kind, ...rest] = text.split(':');
    onChange({ ...value, kind: kind as Placement['kind'], node: rest.join(':') });
  };
  const wrong = value.kind === 'k' && placementOf(value) === null ? 'A whole number from 1.' : '';
  return (
    <div class="where">
      <Field label="Where" hint={says[value.kind]}>
        <select value={value.kind === 'node' ? `node:${value.node}` : value.kind} onChange={(e) => choose(e.currentTarget.value)}>
          <option value="local">this node</option>
          {members.filter(({ self }) => !self).map((one) => <option key={one.id} value={`node:${handleOf(one, members)}`}>{one.name}{one.reachability === 'ok' ? '' : ` (${one.reachability})`}</option>)}
          <option value="all">every node</option><option value="k">some nodes, by number</option><option value="label">nodes with a label</option>
        </select>
      </Field>
      {value.kind === 'k' && <Field label="How many" error={wrong}><input inputMode="numeric" value={value.count} onInput={(e) => onChange({ ...value, count: e.currentTarget.value })} /></Field>}
      {value.kind === 'label' && <Field label="Label"><input list="labels-of-members" value={value.label} onInput={(e) => onChange({ ...value, label: e.currentTarget.value })} spellcheck={false} autocomplete="off" /></Field>}
      <datalist id="labels-of-members">{labels.map((label) => <option key={label} value={label} />)}</datalist>
    </div>
  );
}
