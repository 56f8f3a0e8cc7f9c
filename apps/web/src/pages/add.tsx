// A new pull: what the reference means while it is typed, then what would come, before anything does.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { describe, get, Problem, post, type Job, type Plan, type Reference } from '../api';
import { bytes, count, readBytes } from '../format';
import { keepOther } from '../elsewhere';
import { at, go } from '../router';
import { useHive } from '../members';
import { keep, node } from '../store';
import { Icon } from '../ui/icon';
import { Button, Chip, Empty, Field, Trouble } from '../ui/parts';
import { attempt, toast } from '../ui/toast';
import { placementOf, Where, type Placement } from './where';

const readAfter = 120; // ms without a key
const askAfter = 700;
const most = 500; // files shown

interface Submission { ref: string; include: string[]; exclude: string[]; priority: number; max_rate: number; on: string }
const patterns = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

// Asks again a moment after `key` has changed; an answer that comes late is dropped.
function useAnswer<T>(key: string, pause: number, ask: (abort: AbortSignal) => Promise<T>): { value: T | null; failed: Problem | null; busy: boolean } {
  const [state, setState] = useState<{ key: string; value: T | null; failed: Problem | null }>({ key: '', value: null, failed: null });
  useEffect(() => {
    if (!key) return setState({ key, value: null, failed: null });
    const abort = new AbortController();
    const timer = window.setTimeout(() => {
      ask(abort.signal).then(
        (value) => { if (!abort.signal.aborted) setState({ key, value, failed: null }); },
        (why: unknown) => {
          if (!abort.signal.aborted) setState({ key, value: null, failed: why instanceof Problem ? why : new Problem(0, '', describe(why).detail, '') });
        },
      );
    }, pause);
    return () => { clearTimeout(timer); abort.abort(); };
  }, [key]);
  return { value: state.key === key || state.value ? state.value : null, failed: state.key === key ? state.failed : null, busy: key !== '' && state.key !== key };
}

function Parts({ of }: { of: Reference }): JSX.Element {
  const where: Record<Reference['scheme'], string> = {
    hf: 'Hugging Face Hub', space: 'Hugging Face Space', ollama: 'registry', gh: 'GitHub release', url: 'web address', file: 'this node’s machine', build: 'recipe',
  };
  return (
    <p class="parts" data-testid="parts">
      <Chip tone="run">{where[of.scheme]}{of.host ? ` ${of.host}` : ''}</Chip>
      <span class="part"><bdi>{of.name}</bdi></span>
      {of.revision && <Chip>revision {of.revision}</Chip>}
      {of.selector && <Chip>{of.quant ? 'quantisation' : 'files'} {of.selector}</Chip>}
    </p>
  );
}

function Choices({ plan, chosen, onChoose }: { plan: Plan; chosen: string | null; onChoose: (selector: string | null) => void }): JSX.Element {
  return (
    <fieldset class="choices">
      <legend>Quantisation</legend>
      <label class="choice"><input type="radio" name="quant" checked={chosen === null} onChange={() => onChoose(null)} /><span><b>All of it</b><small>{bytes(plan.bytes)}</small></span></label>
      {plan.choices.map(({ selector, bytes: size, files }) => (
        <label key={selector} class="choice"><input type="radio" name="quant" checked={chosen === selector} onChange={() => onChoose(selector)} />
          <span><b>{selector}</b><small>{bytes(size)}{files > 1 ? `, ${files} files` : ''}</small></span></label>
      ))}
    </fieldset>
  );
}

function Room({ plan }: { plan: Plan }): JSX.Element {
  const free = node.value?.disk_free ?? 0;
  const total = node.value?.disk_total ?? 0;
  const part = (n: number): string => `${total > 0 ? Math.min(100, (100 * n) / total) : 0}%`;
  return (
    <div class={`room ${plan.lacks ? 'lacks' : ''}`}>
      <div class="track" aria-hidden="true"><i class="used" style={{ width: part(total - free) }} /><i class="coming" style={{ width: part(plan.to_come) }} /></div>
      <p>{plan.artifact ? 'All of it is here already.' : plan.lacks_human ?? `Takes ${bytes(plan.to_come)} ${plan.to_come < plan.bytes ? `more on the disk, the rest of ${bytes(plan.bytes)} has its place there already` : 'on the disk'}; ${bytes(free)} are free.`}
        {plan.lacks > 0 && ' The job would wait for room.'}{!plan.sizes_known && ' Some sizes are not known beforehand.'}</p>
    </div>
  );
}

function Files({ plan }: { plan: Plan }): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Files that would come">
      <table>
        <thead><tr><th>{count(plan.file_count, 'file')}</th><th class="number">{bytes(plan.bytes)}</th><th>Digest</th></tr></thead>
        <tbody>{plan.files.slice(0, most).map(({ path, size, digest }) => (
          <tr key={path}><td class="path"><bdi>{path}</bdi></td><td class="number">{bytes(size)}</td><td>{digest ? <code title={digest}>{digest.slice(0, 19)}…</code> : <span class="dim">not published</span>}</td></tr>
        ))}</tbody>
      </table>
      {plan.file_count > most && <p class="dim">and {count(plan.file_count - most, 'more file')}</p>}
    </div>
  );
}

function Preview({ plan, whole, chosen, onChoose }: { plan: Plan; whole: Plan | null; chosen: string | null; onChoose: (to: string | null) => void }): JSX.Element {
  return (
    <div class="preview" data-testid="plan">
      {whole && whole.choices.length > 0 && <Choices plan={whole} chosen={chosen} onChoose={onChoose} />}
      <Room plan={plan} />
      {plan.remarks.map(({ action, human, level }) => <p key={action} class={`remark ${level}`}><Icon name="alert" />{human}</p>)}
      <p class="dim">Revision <code>{plan.revision.slice(0, 16)}</code>{plan.requested ? `, now at ${plan.requested}` : ''}</p>
      <Files plan={plan} />
    </div>
  );
}

export function Add({ start }: { start: string }): JSX.Element {
  const [ref, setRef] = useState(start);
  const [include, setInclude] = useState('');
  const [exclude, setExclude] = useState('');
  const [priority, setPriority] = useState('0');
  const [limit, setLimit] = useState('0');
  const [where, setWhere] = useState<Placement>({ kind: 'local', count: '2', label: '', node: '' });
  const on = placementOf(where);
  const hive = useHive();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => { setRef(start); field.current?.focus(); }, [start]);

  const text = ref.trim();
  const max_rate = readBytes(limit);
  const read = useAnswer(text, readAfter, (abort) => get<Reference>(`/v1/references?ref=${encodeURIComponent(text)}`, abort));
  const wish: Submission = { ref: text, include: patterns(include), exclude: patterns(exclude), priority: Math.trunc(Number(priority)) || 0, max_rate: max_rate ?? 0, on: on ?? 'local' };
  const known = read.value && !read.failed ? JSON.stringify([wish.ref, wish.include, wish.exclude]) : '';
  const plan = useAnswer(known, askAfter, (abort) => post<Plan>('/v1/plans', { ref: wish.ref, include: wish.include, exclude: wish.exclude }, abort));
  // What there is to choose from, whatever has been chosen.
  const wholes = useRef(new Map<string, Plan>());
  const name = read.value?.whole ?? '';
  const all = useAnswer(read.value?.quant && !wholes.current.has(name) ? name : '', askAfter, (abort) => post<Plan>('/v1/plans', { ref: name }, abort));
  for (const seen of [plan.value, all.value]) {
    if (wholes.current.size > 20) wholes.current.clear();
    if (seen?.ref === name) wholes.current.set(name, seen);
  }
  const whole = wholes.current.get(name) ?? null;
  const chosen = whole?.choices.find(({ selector }) => text.toUpperCase().endsWith(`:${selector}`))?.selector ?? null;

  const choose = (selector: string | null): void => { if (read.value) setRef(selector ? `${read.value.whole}:${selector}` : read.value.whole); };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (max_rate === null || on === null) return;
    void attempt(async () => {
      const asked = performance.now();
      const made = await post<Partial<Job>>('/v1/jobs', wish);
      if (made.away?.length) toast(`Later, when they are in reach: ${made.away.join('; ')}`);
      if (!made.id) return go('#/hive'); // a wish for nodes that are all away
      const job = made as Job;
      const own = !job.node || job.node.id === node.value?.id;
      if (own) keep({ ...job, node: undefined }, asked); else keepOther(job, asked);
      if (!job.wish) return go(`#/jobs/${job.id}`);
      toast(`${job.ref} comes to ${job.placed?.map(({ name }) => name).join(', ') ?? ''}`);
      go(at('jobs', 'all'));
    });
  };
  return (
    <>
      <header class="head"><a class="back" href="#/jobs"><Icon name="back" />Jobs</a><h1>New pull</h1></header>
      <form class="card add" onSubmit={submit}>
        <label class="field"><span class="name">Reference</span>
          <input ref={field} class="ref" value={ref} onInput={(e) => setRef(e.currentTarget.value)} placeholder="hf:org/repo[@rev][:QUANT]" spellcheck={false} autocomplete="off" aria-describedby="ref-says" />
        </label>
        <div id="ref-says" aria-live="polite">
          {read.failed ? <p class="error">{read.failed.message}{read.failed.hint ? ` — ${read.failed.hint}` : ''}</p> : read.value && text ? <Parts of={read.value} />
            : <p class="dim">hf:org/repo[@rev][:QUANT or file] · ollama:model[:tag] · gh:owner/repo[@tag][:files] · space:org/name · https://… · file:/…</p>}
        </div>
        <Where hive={hive} value={where} onChange={setWhere} />
        <details class="more"><summary>Files, priority, limit</summary>
          <div class="grid">
            <Field label="Only these files" hint="Globs, with spaces between: *.safetensors *.json"><input value={include} onInput={(e) => setInclude(e.currentTarget.value)} spellcheck={false} /></Field>
            <Field label="Without these"><input value={exclude} onInput={(e) => setExclude(e.currentTarget.value)} spellcheck={false} /></Field>
            <Field label="Priority" hint="Higher goes first"><input type="number" value={priority} onInput={(e) => setPriority(e.currentTarget.value)} /></Field>
            <Field label="Limit" hint="Bytes a second: 5M; 0 is none" error={max_rate === null ? 'Say it as 5M, 800k or 0.' : ''}><input value={limit} onInput={(e) => setLimit(e.currentTarget.value)} /></Field>
          </div>
        </details>
        <div class="actions"><Button type="submit" kind="main" icon="download" label={plan.value?.artifact ? 'Pull anyway' : 'Pull'} disabled={!read.value || !!read.failed || on === null} /></div>
      </form>
      <section aria-label="What would come" aria-busy={plan.busy} class={plan.busy && plan.value ? 'stale-answer' : ''}>
        {plan.failed ? <Trouble detail={plan.failed.message} hint={plan.failed.hint} />
          : plan.value ? <Preview plan={plan.value} whole={whole} chosen={chosen} onChoose={choose} />
            : plan.busy && known ? <Empty title="Asking what there is…" /> : null}
      </section>
    </>
  );
}
