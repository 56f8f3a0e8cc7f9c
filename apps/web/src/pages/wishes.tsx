// What the hive is to hold on several nodes, and how it is taken back.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { call, get, type Wish } from '../api';
import { ago, count } from '../format';
import { confirm } from '../ui/dialog';
import { Button, Chip, StateWord } from '../ui/parts';
import { attempt } from '../ui/toast';

const every = 5000;
const most = 200; // shown
const words: Record<string, string> = { all: 'every node' };

interface Listed { wishes: Wish[]; next_cursor: string | null }

function useWishes(): [Listed | null, () => void] {
  const [now, setNow] = useState<Listed | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    const look = async (): Promise<void> => {
      try {
        if (!document.hidden) setNow(await get<Listed>(`/v1/wishes?limit=${most}`, abort.signal));
      } catch { /* the stream says when the node is away */ }
      if (!abort.signal.aborted) timer = window.setTimeout(() => void look(), every);
    };
    void look();
    return () => { abort.abort(); clearTimeout(timer); };
  }, [turn]);
  return [now, () => setTurn((n) => n + 1)];
}

function ask(wish: Wish, done: () => void): void {
  confirm(`Withdraw ${wish.ref}?`, <p>No node begins to hold it any more, and jobs for it are cancelled. Copies that are there stay.</p>, [
    { label: 'Withdraw', kind: 'danger', run: () => void attempt(() => call<Wish>('DELETE', `/v1/wishes/${wish.id}`), `${wish.ref} is to be held no more`).then(done) },
  ]);
}

function Row({ wish, onDone }: { wish: Wish; onDone: () => void }): JSX.Element {
  const { ref, on, asked_by: by, asked_at: since, holders, job } = wish;
  return (
    <tr><th scope="row" class="path"><bdi>{ref}</bdi></th><td><Chip>{words[on] ?? on}</Chip></td><td>{by.name}, {ago(since)}</td><td>{holders.join(', ')}</td>
      <td>{job ? <><a href={`#/jobs/${job.id}`}><StateWord state={job.state} /><span class="unseen">, job for {ref}</span></a>{job.failures > 0 && <div class="dim">failed {count(job.failures, 'time')} in a row</div>}</> : <span class="dim">none</span>}</td>
      <td><Button bare icon="cancel" label={`Withdraw ${ref}`} onClick={() => ask(wish, onDone)} /></td></tr>
  );
}

export function Wishes(): JSX.Element | null {
  const [now, again] = useWishes();
  if (!now) return null;
  const all = now.wishes.filter(({ withdrawn }) => !withdrawn);
  return (
    <section class="card"><h2>Wishes <span class="dim">{all.length}</span></h2>
      {all.length === 0 ? <p class="dim">A pull for several nodes is a wish: nodes that are away or join later hold it too. There is none.</p> : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Wishes"><table>
          <thead><tr><th scope="col">Reference</th><th scope="col">On</th><th scope="col">Asked by</th><th scope="col">Held by, or to be</th><th scope="col">This node’s job</th><th scope="col"><span class="unseen">Actions</span></th></tr></thead>
          <tbody>{all.map((wish) => <Row key={wish.id} wish={wish} onDone={again} />)}</tbody>
        </table></div>
      )}
      {now.next_cursor && <p class="dim">The newest {most}; hive wishes lists all.</p>}
    </section>
  );
}
