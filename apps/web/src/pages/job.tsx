// One job: how far it is, file by file, over which lanes, and everything that has been told of it.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, type ActorDetail, type Actors, type Counts, type Job as JobFacts, type JobEvent } from '../api';
import { bytes, count, dateTime, duration, rate, shortTime, timeOfDay } from '../format';
import { advanceOther, find, isOther, keepAnyAnswer, keepOther, missing, useOthers } from '../elsewhere';
import { useHive } from '../members';
import { at } from '../router';
import { JobButtons, sentence } from '../steer';
import { atWork, beat, connection, ended, jobs, Question } from '../store';
import { follow } from '../stream';
import { RateChart } from '../ui/chart';
import { Icon } from '../ui/icon';
import { Away } from '../ui/node_choice';
import { Bar, Chip, Copy, Empty, Fact, Segments, StateWord, Trouble } from '../ui/parts';

type FileCounts = Counts;
const mostTold = 1000; // lines of narration kept
const mostRates = 900; // seconds
const mostFiles = 400; // shown
const lookAgain = 3000; // ms after nobody knew of it

interface Told { seq: number; time: string; actor: string; level: string; human: string; action: string }
interface Story { told: Told[]; dropped: number; files: FileCounts[]; rates: [number[], number[]]; over: boolean; missing: boolean }

const fresh = (): Story => ({ told: [], dropped: 0, files: [], rates: [[], []], over: false, missing: false });

function hear(story: Story, event: JobEvent): void {
  // Of a plan `files` says how many there are.
  if (Array.isArray(event.files) && event.files.length) story.files = event.files as FileCounts[];
  if (event.action === 'progress') {
    const [times, values] = story.rates;
    const at = Math.floor(Date.parse(event.time) / 1000);
    if (times.at(-1) === at) values[values.length - 1] = event.rate ?? 0;
    else { times.push(at); values.push(event.rate ?? 0); }
    if (times.length > mostRates) { times.shift(); values.shift(); }
    return;
  }
  if (!event.human) return;
  const { seq, time, actor, level, human, action } = event;
  story.told.push({ seq, time, actor, level, human, action });
  if (story.told.length > mostTold) { story.told.shift(); story.dropped += 1; }
}

// The job's own stream: its history, then what happens. Of another node's job it is all that tells of it at once.
function useStory(id: string, state: string | undefined, away: boolean): [Story, number] {
  const story = useRef<Story>(fresh());
  const [turn, setTurn] = useState(0);
  // A job that is tried again goes on telling.
  const tries = useRef(0);
  const over = state !== undefined && ended(state as JobFacts['state']);
  const wasOver = useRef(over);
  if (wasOver.current && !over) tries.current += 1;
  wasOver.current = over;
  // What comes through a node that went away and is back begins anew.
  const broken = useRef(false);
  if (away) broken.current = true;
  else if (broken.current) { broken.current = false; tries.current += 1; }
  useEffect(() => {
    story.current = { ...fresh(), missing: story.current.missing };
    let timer = 0;
    let later = 0;
    const soon = (): void => { timer ||= window.setTimeout(() => { timer = 0; setTurn((n) => n + 1); }, 150); };
    const anew = new Question(async () => { await keepAnyAnswer(get<JobFacts>(`/v1/jobs/${id}`)); }, 150);
    const stream = follow({
      path: `/v1/jobs/${id}/events`,
      take({ kind, data }) {
        const event = JSON.parse(data) as JobEvent;
        story.current.missing = false;
        hear(story.current, event);
        if (isOther(id)) { if (kind === 'progress') advanceOther(id, event); else anew.soon(); }
        if (kind === 'end') {
          const { files } = (event as unknown as JobFacts).progress ?? {};
          if (files?.length) story.current.files = files;
          story.current.over = true;
          stream.stop();
        }
        soon();
      },
      // Its node may only not be in reach yet.
      over(why) {
        if (why?.status !== 404) return;
        story.current.missing = true;
        later = window.setTimeout(() => { tries.current += 1; setTurn((n) => n + 1); }, lookAgain);
        soon();
      },
    });
    return () => { stream.stop(); clearTimeout(timer); clearTimeout(later); };
  }, [id, tries.current]);
  return [story.current, turn];
}

interface Lane { number: number; origin: string; server: string; at: number; end: number; rate: number; age_ms: number }
interface Transfer { id: number; path: string; phase: string; waits: string; lanes: Lane[]; pieces_waiting: number }

// Transfers of this job's files, as they say it themselves; asked while somebody looks at a job that fetches.
function useLanes(active: boolean, files: FileCounts[], node: string | undefined): Transfer[] {
  const [all, setAll] = useState<Transfer[]>([]);
  const open = useRef<FileCounts[]>([]);
  open.current = files.filter((file) => file.received < (file.total ?? Infinity));
  useEffect(() => {
    if (!active) return setAll([]);
    const abort = new AbortController();
    const look = async (): Promise<void> => {
      if (document.hidden) return;
      const { actors } = await get<Actors>(`/v1/actors?name=transfer&limit=40${node ? `&node=${node}` : ''}`, abort.signal);
      const seen: Transfer[] = [];
      for (const { id } of actors.filter(({ name }) => name === 'transfer').slice(0, 24)) {
        const { description } = await get<ActorDetail>(`/v1/actors/${id}${node ? `?node=${node}` : ''}`, abort.signal);
        const one = description as unknown as (Transfer & { total: number }) | null;
        if (one && open.current.some((file) => file.path === one.path && (file.total ?? 0) === one.total)) seen.push({ ...one, id });
      }
      setAll(seen);
    };
    const again = (): void => { look().catch(() => undefined); };
    again();
    const timer = setInterval(again, 2000);
    return () => { clearInterval(timer); abort.abort(); };
  }, [active, node]);
  return all;
}

function Lanes({ transfers, node }: { transfers: Transfer[]; node: string | undefined }): JSX.Element {
  return (
    <section class="card"><h2>Lanes</h2>
      {transfers.length === 0 ? <p class="dim">No connection is open for this job now.</p> : transfers.map(({ id, path, phase, waits, lanes, pieces_waiting }) => (
        <div key={id} class="transfer">
          <h3><a href={at(`actors/${id}`, node)}><bdi>{path}</bdi></a> <Chip>{waits || phase}</Chip> <span class="dim">{count(lanes.length, 'lane')}{pieces_waiting ? `, ${count(pieces_waiting, 'piece')} left` : ''}</span></h3>
          <div class="scroll" tabIndex={0} role="region" aria-label={`Lanes of ${path}`}><table>
            <thead><tr><th>Lane</th><th>Server</th><th class="number">Rate</th><th class="number">Left of its piece</th><th class="number">Open for</th></tr></thead>
            <tbody>{lanes.map((lane) => (
              <tr key={lane.number}><td>{lane.number}</td><td class="path">{lane.origin} <span class="dim">{lane.server}</span></td><td class="number">{rate(lane.rate)}</td><td class="number">{bytes(lane.end - lane.at)}</td><td class="number">{shortTime(lane.age_ms / 1000)}</td></tr>
            ))}</tbody>
          </table></div>
        </div>
      ))}
    </section>
  );
}

function Files({ files }: { files: FileCounts[] }): JSX.Element | null {
  if (files.length === 0) return null;
  const done = files.filter((file) => file.total !== null && file.verified >= (file.total ?? Infinity)).length;
  return (
    <section class="card"><h2>Files <span class="dim">{done} of {files.length} verified</span></h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Files of this job"><table class="files">
        <thead><tr><th>Path</th><th class="wide">Progress</th><th class="number">Received</th><th class="number">Size</th></tr></thead>
        <tbody>{files.slice(0, mostFiles).map((file) => (
          <tr key={file.path}><td class="path"><bdi>{file.path}</bdi></td><td class="wide"><Bar counts={file} label={`Progress of ${file.path ?? ''}`} /></td><td class="number">{bytes(file.received)}</td><td class="number">{bytes(file.total)}</td></tr>
        ))}</tbody>
      </table></div>
      {files.length > mostFiles && <p class="dim">and {count(files.length - mostFiles, 'more file')}</p>}
    </section>
  );
}

function Narration({ story }: { story: Story; turn: number }): JSX.Element {
  const [which, setWhich] = useState<'all' | 'warning'>('all');
  const lines = which === 'all' ? story.told : story.told.filter(({ level }) => level === 'warning' || level === 'error');
  return (
    <section class="card"><div class="row-head"><h2>What happened</h2>
      <Segments label="Which lines" value={which} onChange={setWhich} all={[['all', 'All'], ['warning', 'Warnings']]} /></div>
      {story.dropped > 0 && <p class="dim">{count(story.dropped, 'earlier line')} left out.</p>}
      <ol class="told" tabIndex={0} aria-label="What happened, the newest first">{[...lines].reverse().map(({ seq, time, actor, level, human }) => (
        <li key={seq} class={level}><time dateTime={time}>{timeOfDay(time)}</time><span class="who">{actor}</span><span class="what">{human}</span></li>
      ))}</ol>
      {lines.length === 0 && <p class="dim">{which === 'all' ? 'Nothing yet.' : 'No warnings.'}</p>}
    </section>
  );
}

function Legend({ job }: { job: JobFacts }): JSX.Element {
  const { received, durable, verified, discarded, total } = job.progress;
  return (
    <dl class="legend">
      <div class="received"><dt>Received</dt><dd>{bytes(received)}</dd></div>
      <div class="durable"><dt>Durable on disk</dt><dd>{bytes(durable)}</dd></div>
      <div class="verified"><dt>Verified</dt><dd>{bytes(verified)}</dd></div>
      <div><dt>Total</dt><dd>{bytes(total)}</dd></div>
      {!!discarded && <div><dt>Discarded</dt><dd>{bytes(discarded)}</dd></div>}
    </dl>
  );
}

function About({ job }: { job: JobFacts }): JSX.Element {
  const took = job.started_at && job.finished_at ? (Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000 : null;
  return (
    <section class="card"><h2>About</h2>
      <dl class="facts">
        <Fact name="Id"><code>{job.id}</code><Copy text={job.id} label="the id" /></Fact>
        {job.revision && <Fact name="Revision"><code>{job.revision.slice(0, 16)}</code><Copy text={job.revision} label="the revision" /></Fact>}
        {!!job.include?.length && <Fact name="Only">{job.include.join(' ')}</Fact>}
        {!!job.exclude?.length && <Fact name="Without">{job.exclude.join(' ')}</Fact>}
        <Fact name="Priority">{job.priority ?? 0}</Fact>
        <Fact name="Its own limit">{job.max_rate ? rate(job.max_rate) : 'none'}</Fact>
        <Fact name="Submitted">{dateTime(job.created_at)}</Fact>
        {took !== null && <Fact name="Took">{duration(took)}</Fact>}
        {job.node && <Fact name="Node">{job.node.name}</Fact>}
        {job.artifact && <Fact name="Artifact">{job.node ? <code class="long">{job.artifact}</code> : <a href={`#/models/${job.artifact}`}>{job.artifact}</a>}</Fact>}
        {job.correlation && <Fact name="Correlation"><code>{job.correlation}</code></Fact>}
      </dl>
    </section>
  );
}

function AwayNode({ name }: { name: string }): JSX.Element {
  return <Away names={[name]} hive={useHive()} what="This is what it said last; the page goes on when it is back." />;
}

export function JobPage({ id }: { id: string }): JSX.Element {
  beat.value;
  const job = find(id);
  const other = !connection.value.loading && !jobs.has(id);
  useOthers(other);
  const node = other ? job?.node : undefined;
  const away = node !== undefined && missing.value.includes(node.name);
  const [story, turn] = useStory(id, job?.state, away);
  const { live } = connection.value;
  // Which node has it nobody says here: a list does, when it is not this one's.
  useEffect(() => { if (!find(id) && live) get<JobFacts>(`/v1/jobs/${id}`).then((now) => keepOther(now), () => undefined); }, [id, live]);
  const working = job !== undefined && atWork(job.state);
  const lanes = useLanes(job?.state === 'fetching' && !away, story.files, node?.id);
  const back = <a class="back" href={at('jobs', node ? 'all' : '')}><Icon name="back" />Jobs</a>;
  if (!job) return <><header class="head">{back}<h1>Job</h1></header><Empty title={story.missing ? 'There is no such job.' : 'Loading…'}>{story.missing && missing.value.length > 0 && <p class="dim">{missing.value.join(', ')} could not be asked.</p>}</Empty></>;
  return (
    <>
      <header class="head">{back}<h1 class="ref"><bdi>{job.ref}</bdi></h1><JobButtons job={job} bare={false} /></header>
      <section class="card hero" aria-label="Progress">
        {node && away && <AwayNode name={node.name} />}
        <p class="status" aria-live="polite"><StateWord state={job.state} /> {node && <Chip>on {node.name}</Chip>}{job.position && job.state === 'queued' ? <Chip>number {job.position} in line</Chip> : null}
          <span class="say">{job.state === 'failed' ? '' : ended(job.state) ? dateTime(job.finished_at) : sentence(job)}</span>
          {job.until && <span class="dim">goes on at {timeOfDay(job.until)}</span>}</p>
        {job.error && job.state === 'failed' && <Trouble detail={job.error.detail} hint={job.error.hint} />}
        <Bar counts={job.progress} label={`Progress of ${job.ref}`} still={!working} />
        <Legend job={job} />
        {story.rates[0].length > 1 && <RateChart data={story.rates} beat={story.rates[0].at(-1) ?? 0} height={180} label="Rate of this job" />}
      </section>
      <div class="columns">
        <div>
          <Files files={story.files} />
          {job.state === 'fetching' && <Lanes transfers={lanes} node={node?.name} />}
          <About job={job} />
        </div>
        <div><Narration story={story} turn={turn} /></div>
      </div>
    </>
  );
}
