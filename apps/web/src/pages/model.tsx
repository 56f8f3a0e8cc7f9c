// One artifact: what it is, where tools find it, and how they use it.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { describe, get, post, Problem, type Artifact, type Job } from '../api';
import { ago, bytes, count, dateTime, parameters } from '../format';
import { nodesWith, useHive } from '../members';
import { Icon } from '../ui/icon';
import { Button, Chip, Copy, Empty, Fact, Snippet, Trouble } from '../ui/parts';
import { attempt, toast } from '../ui/toast';
import { go } from '../router';
import { artifacts, pin, remove, verify } from './models';

const mostFiles = 400;

function checkForNewer(what: Artifact): Promise<boolean> {
  return attempt(async () => {
    const { moved, newest } = await post<{ moved: boolean; newest: string }>(`/v1/artifacts/${what.id}/check`);
    if (!moved) return toast(`${what.requested ?? 'It'} has not moved: this is the newest`);
    toast(`${what.requested ?? 'It'} has moved to ${newest.slice(0, 12)}: it is pulled now`);
    const job = await post<Job>('/v1/jobs', { ref: what.ref, update: true });
    go(`#/jobs/${job.id}`);
  });
}

// Quoted for a shell.
const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
const repoOf = (what: Artifact): string | null => /^hf:([\w.-]+\/[\w.-]+)$/.exec(what.source ?? '')?.[1] ?? null;

function Use({ what }: { what: Artifact }): JSX.Element {
  const repo = repoOf(what);
  const file = what.model?.format === 'gguf' ? (what.file_count === 1 ? what.path : `${what.path}/${what.model.path}`) : null;
  const revision = what.requested && what.requested !== 'main' ? ` --revision ${quoted(what.requested)}` : '';
  return (
    <section class="card"><h2>Use it</h2>
      {file && <><h3>llama.cpp</h3><Snippet label="llama.cpp command" text={`llama-cli -m ${quoted(file)} -p "Hello"`} /></>}
      {what.model?.format === 'safetensors' && <><h3>transformers</h3><Snippet label="transformers snippet" text={`import transformers\nmodel = transformers.AutoModel.from_pretrained(${JSON.stringify(what.path)})`} /></>}
      {repo && <><h3>Any tool that speaks the Hub’s API, on any machine</h3>
        <Snippet label="HF_ENDPOINT command" text={`export HF_ENDPOINT=${location.origin}\nhf download ${quoted(repo)}${revision}`} /></>}
      <h3>Its path, in scripts</h3><Snippet label="hive path command" text={`hive path ${quoted(what.ref)}`} />
    </section>
  );
}

function Facts({ what }: { what: Artifact }): JSX.Element {
  const { model } = what;
  const on = nodesWith(useHive(), what.id);
  return (
    <section class="card"><h2>What it is</h2>
      {what.memory?.human && <p>{what.memory.human}</p>}
      <dl class="facts">
        <Fact name="Path"><code class="long">{what.path}</code><Copy text={what.path} label="the path" /></Fact>
        <Fact name="Size">{bytes(what.bytes)} in {count(what.file_count ?? 0, 'file')}</Fact>
        {on && <Fact name="On nodes">{on.join(', ')}</Fact>}
        <Fact name="Source">{what.source}</Fact>
        <Fact name="Revision"><code>{what.revision.slice(0, 20)}</code><Copy text={what.revision} label="the revision" />{what.requested && <Chip>{what.requested}</Chip>}</Fact>
        {model && <>
          <Fact name="Format">{model.format}{model.architecture ? `, ${model.architecture}` : ''}</Fact>
          {model.quantisation && <Fact name="Quantisation">{model.quantisation}</Fact>}
          {!!model.parameters && <Fact name="Parameters">{parameters(model.parameters)}</Fact>}
          {!!model.context_length && <Fact name="Context">{model.context_length.toLocaleString('en')} tokens</Fact>}
          {!!model.layers && <Fact name="Layers">{model.layers}{model.heads ? `, ${model.heads} heads` : ''}{model.kv_heads ? `, ${model.kv_heads} for keys and values` : ''}</Fact>}
        </>}
        <Fact name="Here since">{dateTime(what.created_at)}</Fact>
        <Fact name="Verified">{ago(what.verified_at)}</Fact>
        <Fact name="Last used">{ago(what.last_used_at)}</Fact>
        {what.views?.map(({ view, path, state, detail }) => <Fact key={view} name={`View ${view}`}>{path && <code class="long">{path}</code>} <Chip tone={state === 'ok' ? 'good' : 'bad'}>{state}</Chip> {detail}</Fact>)}
      </dl>
      {model?.flaw && <p class="remark info"><Icon name="alert" />{model.flaw}</p>}
    </section>
  );
}

function Files({ what }: { what: Artifact }): JSX.Element {
  const files = what.files ?? [];
  return (
    <section class="card"><h2>Files</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Files of this artifact"><table>
        <thead><tr><th>Path</th><th class="number">Size</th><th>SHA-256</th></tr></thead>
        <tbody>{files.slice(0, mostFiles).map(({ path, size, sha256, first_sight }) => (
          <tr key={path}><td class="path"><bdi>{path}</bdi>{what.damaged?.includes(path ?? '') && <Chip tone="bad">damaged</Chip>}</td><td class="number">{bytes(size)}</td>
            <td><code title={sha256}>{sha256?.slice(0, 16)}…</code>{first_sight && <Chip>nobody had published it</Chip>}</td></tr>
        ))}</tbody>
      </table></div>
      {files.length > mostFiles && <p class="dim">and {count(files.length - mostFiles, 'more file')}</p>}
    </section>
  );
}

export function ModelPage({ id }: { id: string }): JSX.Element {
  const [what, setWhat] = useState<Artifact | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const listed = artifacts.value?.find((one) => one.id === id);
  useEffect(() => {
    const abort = new AbortController();
    setFailed(null);
    get<Artifact>(`/v1/artifacts/${encodeURIComponent(id)}`, abort.signal).then(setWhat, (why: unknown) => { if (!abort.signal.aborted) setFailed(why); });
    return () => abort.abort();
  }, [id, listed?.pinned, listed?.verified_at]);
  const back = <a class="back" href="#/models"><Icon name="back" />Models</a>;
  if (failed) return <><header class="head">{back}<h1>Model</h1></header>{failed instanceof Problem && failed.status === 404 ? <Empty title="It is not here any more." /> : <Trouble {...describe(failed)} />}</>;
  if (!what) return <><header class="head">{back}<h1>Model</h1></header><Empty title="Loading…" /></>;
  return (
    <>
      <header class="head">{back}<h1 class="ref"><bdi>{what.ref}</bdi></h1>
        <div class="buttons">
          <Button icon="pin" label={what.pinned ? 'Unpin' : 'Pin'} pressed={what.pinned ?? false} onClick={() => void pin(what, !what.pinned).then(() => setWhat({ ...what, pinned: !what.pinned }))} />
          <Button icon="shield" label="Verify" onClick={() => void verify(what)} />
          <Button icon="retry" label="Look for newer" onClick={() => void checkForNewer(what)} />
          <Button icon="trash" label="Remove" kind="danger" disabled={what.pinned} onClick={() => void remove(what)} />
        </div>
      </header>
      {what.health === 'damaged' && <Trouble detail={`${count(what.damaged?.length ?? 0, 'file is', 'files are')} damaged and set aside.`} hint="Verify fetches what is missing again." />}
      <div class="columns"><div><Facts what={what} /><Files what={what} /></div><div><Use what={what} /></div></div>
    </>
  );
}
