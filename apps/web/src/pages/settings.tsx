// Limits of the node, live; and what this browser shows.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { patch, token, unlock, type Limits } from '../api';
import { bytes, rate, readBytes } from '../format';
import { ask, possible, wanted } from '../notify';
import { limits, node } from '../store';
import { theme, type Theme } from '../theme';
import { Button, Chip, Fact, Field, Segments } from '../ui/parts';
import { attempt, toast } from '../ui/toast';

type Name = 'download_rate' | 'upload_rate' | 'max_jobs' | 'max_lanes';
const all: { name: Name; label: string; hint: string; bytes: boolean }[] = [
  { name: 'download_rate', label: 'Download', hint: 'Bytes a second: 20M; 0 is no limit', bytes: true },
  { name: 'upload_rate', label: 'Upload', hint: 'To other machines; 0 is no limit', bytes: true },
  { name: 'max_jobs', label: 'Jobs at once', hint: '1 to 1024; running ones finish', bytes: false },
  { name: 'max_lanes', label: 'Connections at once', hint: '1 to 1024', bytes: false },
];
const shown = (now: Limits, name: Name, inBytes: boolean): string => (inBytes ? (now[name] ? bytes(now[name]) : '0') : String(now[name]));
const set = (name: Name, value: number | null): Promise<boolean> => attempt(async () => { limits.value = await patch<Limits>('/v1/limits', { [name]: value }); }, value === null ? 'Back to the setting' : 'It holds now, and after a restart');

function Limit({ now, name, label, hint, bytes: inBytes }: { now: Limits; name: Name; label: string; hint: string; bytes: boolean }): JSX.Element {
  const value = shown(now, name, inBytes);
  const [text, setText] = useState(value);
  const [wrong, setWrong] = useState('');
  useEffect(() => setText(value), [value]);
  const from = now.origins?.[name];
  const apply = (event: Event): void => {
    event.preventDefault();
    const number = inBytes ? readBytes(text) : /^\d+$/.test(text.trim()) ? Number(text) : null;
    if (number === null) return setWrong(inBytes ? 'Say it as 20M, 800k or 0.' : 'A whole number.');
    void set(name, number);
  };
  return (
    <form class="limit" onSubmit={apply}>
      <Field label={label} hint={hint} error={wrong}><input value={text} onInput={(e) => { setText(e.currentTarget.value); setWrong(''); }} /></Field>
      <Button type="submit" kind="main" label="Apply" disabled={text === value} />
      <span class="origin"><Chip>{from?.from ?? ''}</Chip>{from?.from === 'set' && <Button label="Take back" onClick={() => void set(name, null)} />}</span>
    </form>
  );
}

function Schedule({ now }: { now: Limits }): JSX.Element | null {
  if (!now.schedule?.length) return null;
  return (
    <><h3>Hours</h3><ul class="plain">{now.schedule.map((row, i) => (
      <li key={i}>{row.from} to {row.to}{row.days?.length && row.days.length < 7 ? `, ${row.days.join(' ')}` : ''}: {[row.download_rate !== null && `download ${rate(row.download_rate as number)}`, row.upload_rate !== null && `upload ${rate(row.upload_rate as number)}`].filter(Boolean).join(', ')} {row.open && <Chip tone="run">now</Chip>}</li>
    ))}</ul></>
  );
}

function Browser(): JSX.Element {
  const [said, setSaid] = useState('');
  const notify = async (on: boolean): Promise<void> => { setSaid(await ask(on)); };
  return (
    <section class="card"><h2>This browser</h2>
      <div class="setting"><span id="theme-name">Colours</span><Segments<Theme> label="Colours" value={theme.value} onChange={(to) => { theme.value = to; }} all={[['auto', 'As the system'], ['light', 'Light'], ['dark', 'Dark']]} /></div>
      <div class="setting"><label class="switch"><input type="checkbox" checked={wanted.value} disabled={!possible} onChange={(e) => void notify(e.currentTarget.checked)} /><span>Notify me when a job is done or has failed, while this page is hidden</span></label></div>
      {(said || !possible) && <p class="error" role="alert">{said || 'This browser has no notifications.'}</p>}
      {token.value && <div class="setting"><span>The node’s token is kept until this tab closes.</span><Button label="Forget it" onClick={() => { unlock(''); toast('Forgotten'); }} /></div>}
    </section>
  );
}

export function Settings(): JSX.Element {
  const now = limits.value;
  const facts = node.value;
  return (
    <>
      <header class="head"><h1>Settings</h1></header>
      <div class="columns">
        <div><section class="card"><h2>Limits</h2>
          {now ? <>{all.map((one) => <Limit key={one.name} now={now} {...one} />)}<Schedule now={now} /></> : <p class="dim">Loading…</p>}
          <p class="dim">Whatever is set here holds at once. The rest is in hive.toml; hive doctor prints every setting with where it comes from.</p>
        </section></div>
        <div><Browser />
          <section class="card"><h2>Keys</h2>
            <dl class="keys">{([['↑ ↓ Page Home End', 'move in a list'], ['Enter', 'open'], ['p', 'pause a job, or let it go on'], ['c', 'cancel a job (asks)'], ['r', 'retry a job'], ['l', 'its priority and limit'], ['Alt ↑ ↓', 'move a job in line'], ['n', 'new pull'], ['g then j m h a s', 'go to a page']] as const).map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
          </section>
          {facts && <section class="card"><h2>Node</h2><dl class="facts"><Fact name="Name">{facts.name}</Fact><Fact name="Version">{facts.version}</Fact><Fact name="API"><a href="/v1/openapi.json">/v1/openapi.json</a></Fact><Fact name="Metrics"><a href="/metrics">/metrics</a></Fact></dl></section>}
        </div>
      </div>
    </>
  );
}
