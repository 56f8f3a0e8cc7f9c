// bench/watched: what it costs a node that somebody looks at its actors. The same work unwatched and watched (a viewer
// of the busiest actors, as `hive top` is one), in pairs on fresh nodes, each pair in the other order than the last.
//
//   node tests/bench/watched.mjs [jobs transfer] [--rounds 9] [--jobs 3000] [--gib 2]
//
// jobs      jobs accepted behind one that never ends, 32 clients        transfer  one verified pull
//
// Prints the median of the pairs' ratios: speed watched, unwatched = 1. Needs: build/release/hive (./run version makes
// it; HIVE_BINARY for another), nginx.
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

process.env.HIVE_BINARY ??= resolve(dirname(fileURLToPath(import.meta.url)), '../../build/release/hive');
const { call, submit, until } = await import('../e2e/support/api.mjs');
const { serve, temporary } = await import('../e2e/support/hive.mjs');
const { startHub } = await import('../e2e/support/hub.mjs');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '9' }, jobs: { type: 'string', default: '3000' }, gib: { type: 'string', default: '2' } },
});
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

async function look(node) {
  const stop = new AbortController();
  const answer = await fetch(`${node.url}/v1/actors?by=rate&limit=50`, { headers: { accept: 'text/event-stream' }, signal: stop.signal });
  let bytes = 0;
  const read = (async () => { for await (const part of answer.body) bytes += part.length; })().catch(() => {});
  return async () => { stop.abort(); await read; return bytes; };
}

async function jobs(node) {
  const count = Number(values.jobs);
  await submit(node.url, 'hf:acme/endless');
  let next = 0;
  const began = performance.now();
  await Promise.all(Array.from({ length: 32 }, async () => { while (next < count) await submit(node.url, `hf:acme/job-${next++}`); }));
  return performance.now() - began;
}

async function transfer(node) {
  const began = performance.now();
  const { id } = await submit(node.url, 'hf:acme/big');
  const ended = await until(node.url, id);
  if (ended.state !== 'succeeded') throw new Error(JSON.stringify(ended));
  return performance.now() - began;
}

async function once(work, hub, watched) {
  const home = await temporary();
  const node = await serve(home.path, { env: { HF_ENDPOINT: hub.endpoint, HIVE_ADOPT: 'off', ...(work === jobs && { HIVE_MAX_JOBS: '1' }) } });
  const leave = watched ? await look(node) : null;
  const took = await work(node);
  if (leave && await leave() === 0) throw new Error('the viewer saw nothing');
  await node.kill();
  await home.remove();
  return took;
}

const repos = {
  jobs: [{ id: 'acme/endless', rate: '1k', files: { 'model.gguf': 2 << 20 } }],
  transfer: [{ id: 'acme/big', files: { 'model.gguf': Math.round(Number(values.gib) * 2 ** 30) } }],
};
for (const name of positionals.length ? positionals : Object.keys(repos)) {
  const hub = await startHub(repos[name]);
  const work = { jobs, transfer }[name];
  await once(work, hub, false); // the origin's file is in memory from here on
  const [alone, seen, ratios] = [[], [], []];
  for (let round = 0; round < Number(values.rounds); round++) {
    const took = {};
    for (const watched of round % 2 ? [true, false] : [false, true]) took[watched] = await once(work, hub, watched);
    alone.push(took.false);
    seen.push(took.true);
    ratios.push(took.false / took.true);
  }
  console.log(`${name}: ${median(ratios).toFixed(3)} (${Math.min(...ratios).toFixed(3)}–${Math.max(...ratios).toFixed(3)}), unwatched ${median(alone).toFixed(0)} ms, watched ${median(seen).toFixed(0)} ms, ${ratios.length} pairs`);
  await hub.stop();
}
