// The frame: where one can go, how the node is, and the page of the place.
import { render, type JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { locked, unlock } from './api';
import { ActorPage } from './pages/actor';
import { ActorsPage } from './pages/actors';
import { Add } from './pages/add';
import { HivePage } from './pages/hive';
import { JobPage } from './pages/job';
import { Jobs } from './pages/jobs';
import { ModelPage } from './pages/model';
import { Models } from './pages/models';
import { Settings } from './pages/settings';
import { go, place } from './router';
import { connection, node, reconnect, start } from './store';
import { JobSettings } from './steer';
import { theme, turn } from './theme';
import { Confirmation } from './ui/dialog';
import { Icon, type IconName } from './ui/icon';
import { Button, Empty, Field } from './ui/parts';
import { Toasts } from './ui/toast';

const places: { page: string; name: string; icon: IconName; key: string }[] = [
  { page: 'jobs', name: 'Jobs', icon: 'jobs', key: 'j' },
  { page: 'models', name: 'Models', icon: 'models', key: 'm' },
  { page: 'hive', name: 'Hive', icon: 'hive', key: 'h' },
  { page: 'actors', name: 'Actors', icon: 'actors', key: 'a' },
  { page: 'settings', name: 'Settings', icon: 'settings', key: 's' },
];

function Page(): JSX.Element {
  const { page, id, query } = place.value;
  switch (page) {
    case 'jobs': return id ? <JobPage key={id} id={id} /> : <Jobs />;
    case 'add': return <Add start={query.get('ref') ?? ''} />;
    case 'models': return id ? <ModelPage key={id} id={id} /> : <Models />;
    case 'hive': return <HivePage />;
    case 'actors': return id ? <ActorPage key={`${id} ${query.get('node') ?? ''}`} id={id} /> : <ActorsPage />;
    case 'settings': return <Settings />;
    default: return <><header class="head"><h1>Nothing here</h1></header><Empty title="There is no such page."><a href="#/jobs">To the jobs</a></Empty></>;
  }
}

function Nav(): JSX.Element {
  const here = place.value.page === 'add' ? 'jobs' : place.value.page;
  return (
    <nav aria-label="Pages">
      <a class="brand" href="#/jobs" aria-label="hive, to the jobs"><svg viewBox="0 0 32 32" aria-hidden="true"><path d="M16 2l12 7v14l-12 7-12-7V9z" /><path class="core" d="M16 9l6 3.5v7L16 23l-6-3.5v-7z" /></svg><span>hive</span></a>
      <ul>{places.map(({ page, name, icon }) => (
        <li key={page}><a href={`#/${page}`} aria-current={here === page ? 'page' : undefined}><Icon name={icon} /><span>{name}</span></a></li>
      ))}</ul>
      <div class="foot"><Node /><Button bare icon={theme.value === 'auto' ? 'auto' : theme.value === 'light' ? 'sun' : 'moon'} label={`Colours: ${theme.value === 'auto' ? 'as the system' : theme.value}`} onClick={turn} /></div>
    </nav>
  );
}

function Node(): JSX.Element {
  const { live } = connection.value;
  const bad = node.value?.health === 'degraded';
  return <span class={`lamp ${live ? (bad ? 'warn' : 'good') : 'bad'}`} title={live ? node.value?.health_reason ?? 'the node is well' : 'the node does not answer'}><i /><span>{node.value?.name ?? 'node'}</span></span>;
}

// Says when what is shown is not how things are.
function Stale(): JSX.Element | null {
  const { live, heard } = connection.value;
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (live) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [live]);
  if (live || locked.value || now - heard < 1500) return null;
  return <div class="stale" role="status"><Icon name="alert" /><span>The node does not answer. This is how things were {Math.round((now - heard) / 1000)} s ago; it comes back by itself.</span><Button label="Try now" onClick={reconnect} /></div>;
}

function Locked(): JSX.Element {
  const [text, setText] = useState('');
  return (
    <main class="locked"><form class="card" onSubmit={(e) => { e.preventDefault(); unlock(text.trim()); location.reload(); }}>
      <h1>This node asks for its token</h1>
      <p class="dim">It is in the file node/api-token of the node’s home, and hive serve says where that is. It is kept until this tab closes.</p>
      <Field label="Token"><input type="password" autocomplete="off" value={text} onInput={(e) => setText(e.currentTarget.value)} /></Field>
      <div class="actions"><Button type="submit" kind="main" label="Open" disabled={!text.trim()} /></div>
    </form></main>
  );
}

function App(): JSX.Element {
  const { page, id } = place.value;
  useEffect(() => {
    document.title = `${places.find((one) => one.page === page)?.name ?? 'New pull'} – hive`;
    scrollTo(0, 0);
  }, [page, id]);
  if (locked.value) return <Locked />;
  return (
    <>
      <a class="skip" href="#content" onClick={(e) => { e.preventDefault(); document.getElementById('content')?.focus(); }}>To the content</a>
      <Nav />
      <main id="content" tabIndex={-1}><Stale /><Page /></main>
      <Confirmation /><JobSettings /><Toasts />
    </>
  );
}

// n: a new pull; g and then a letter: a page.
let going = 0;
addEventListener('keydown', (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || (target instanceof HTMLElement && target.closest('input, textarea, select, dialog'))) return;
  const to = places.find((one) => one.key === key);
  if (Date.now() - going < 1200 && to) { going = 0; event.preventDefault(); event.stopPropagation(); return go(`#/${to.page}`); }
  if (key === 'g') { going = Date.now(); return; }
  if (key === 'n') { event.preventDefault(); go('#/add'); }
}, true);

start();
render(<App />, document.getElementById('page')!);
