// bench/jobs: a node with very many jobs.
//
//   node tests/bench/jobs.mjs [queued running] [--jobs 10000] [--running 1000] [--cancels 200]
//
// queued   jobs behind one that never ends: accepted per second, how long list and show take, memory of a job, the
//          time until a node that was stopped, and one that was killed, answers and knows them all
// running  jobs that fetch from a slow origin: the CPU of the node, and how long it takes from a cancel until its
//          file is closed (looked at in /proc) and until its end is told, which comes after its connections are closed
//
// Needs: build/release/hive (./run version makes it; HIVE_BINARY for another), nginx.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

process.env.HIVE_BINARY ??= resolve(dirname(fileURLToPath(import.meta.url)), '../../build/release/hive');
const { call } = await import('../e2e/support/api.mjs');
const { serve, temporary } = await import('../e2e/support/hive.mjs');
const { startHub } = await import('../e2e/support/hub.mjs');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { jobs: { type: 'string', default: '10000' }, running: { type: 'string', default: '1000' }, cancels: { type: 'string', default: '200' } },
});

const rss = (pid) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) * 1024;
const share = (list, at) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * at))];
const milliseconds = (list) => `p50 ${share(list, 0.5).toFixed(1)} ms, p99 ${share(list, 0.99).toFixed(1)} ms, most ${share(list, 1).toFixed(1)} ms`;
const say = (what, value) => console.log(`| ${what} | ${value} |`);

async function timed(act) {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

// `act(i)` for i below `count`, `width` at a time.
async function many(count, width, act) {
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => { while (next < count) await act(next++); }));
}

async function pull(url, ref) {
  const got = await call(url, 'POST', '/v1/jobs', { kind: 'pull', ref });
  if (got.status !== 202) throw new Error(got.text);
  return got.json.id;
}

async function inState(url, state) {
  return (await call(url, 'GET', '/v1/node')).json.jobs[state];
}

async function queued() {
  const count = Number(values.jobs);
  const hub = await startHub([{ id: 'acme/endless', rate: '1k', files: { 'model.gguf': 2 << 20 } }]);
  const home = await temporary();
  const env = { HF_ENDPOINT: hub.endpoint, HIVE_MAX_JOBS: '1' };
  let node = await serve(home.path, { env });
  await pull(node.url, 'hf:acme/endless');
  while (await inState(node.url, 'fetching') !== 1) await wait(50);
  const before = rss(node.pid);
  let last;
  const took = await timed(() => many(count - 1, 32, async (i) => { last = await pull(node.url, `hf:acme/job-${i}`); }));
  await wait(1000);
  console.log(`\n### ${count} queued jobs\n\n| what | |\n|---|---|`);
  say('accepted per second, 32 clients', (count / took * 1000).toFixed(0));
  say('memory of a job', `${((rss(node.pid) - before) / count / 1024).toFixed(2)} KiB`);
  const used = cpu(node.pid);
  await wait(10_000);
  say('CPU of the node meanwhile, of one core', `${((cpu(node.pid) - used) * 10).toFixed(1)} %`);
  const [lists, shows] = [[], []];
  for (let i = 0; i < 300; i++) lists.push(await timed(() => call(node.url, 'GET', '/v1/jobs?limit=100')));
  for (let i = 0; i < 1000; i++) shows.push(await timed(() => call(node.url, 'GET', `/v1/jobs/${last}`)));
  say('a page of 100 jobs', milliseconds(lists));
  say('one job', milliseconds(shows));
  for (const how of ['stopped', 'killed']) {
    how === 'stopped' ? say('SIGTERM to exit', `${(await timed(() => node.stop())).toFixed(0)} ms`) : await node.kill();
    say(`start until it answers and knows all, after it was ${how}`, `${(await timed(async () => {
      node = await serve(home.path, { env });
      for (;;) {
        const now = (await call(node.url, 'GET', '/v1/node')).json?.jobs;
        if (now && now.queued + now.resolving + now.fetching + now.waiting === count) break;
        await wait(10);
      }
    })).toFixed(0)} ms`);
  }
  say('cancel --all, until the last is durable', `${(await timed(async () => {
    await call(node.url, 'POST', '/v1/jobs/cancel', {});
    while (await inState(node.url, 'cancelled') !== count) await wait(10);
  })).toFixed(0)} ms`);
  await node.kill();
  await hub.stop();
  await home.remove();
}

function target(pid, fd) {
  try { return readlinkSync(`/proc/${pid}/fd/${fd}`); } catch { return ''; }
}
function connectionsTo(port) {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n').map((line) => line.trim().split(/\s+/));
  return new Set(lines.filter(([, , remote, state]) => state === '01' && remote?.endsWith(hex)).map(([, local]) => local));
}
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function running() {
  const count = Number(values.running);
  const names = Array.from({ length: count }, (_, i) => `acme/slow-${i}`);
  // A file of one piece takes one connection; 16 names are 16 origins of 64 connections.
  const hub = await startHub(names.map((id, i) => ({ id, rate: '3k', cdnHost: `127.0.0.${2 + (i % 16)}`, files: { 'model.gguf': (1 << 20) + 4096 } })), { address: '0.0.0.0' });
  const home = await temporary();
  const node = await serve(home.path, { env: { HF_ENDPOINT: hub.endpoint, HIVE_MAX_JOBS: `${count}`, HIVE_MAX_LANES: '1024', HIVE_LANES_PER_ORIGIN: '64' } });
  const started = new Map();
  const before = rss(node.pid);
  await many(count, 16, async (i) => { started.set(await pull(node.url, `hf:${names[i]}`), hub.repos[names[i]].files['model.gguf'].sha256); });
  const port = Number(new URL(hub.cdn).port);
  for (let left = 1200; left > 0 && (await inState(node.url, 'fetching') < count || connectionsTo(port).size < 0.9 * count); left--) await wait(50);
  await wait(3000);
  console.log(`\n### ${count} running jobs, ${connectionsTo(port).size} connections of 3 KiB/s\n\n| what | |\n|---|---|`);
  say('memory of a running job', `${((rss(node.pid) - before) / count / 1024).toFixed(1)} KiB`);
  const used = cpu(node.pid);
  await wait(10_000);
  say('CPU of the node, of one core', `${((cpu(node.pid) - used) * 10).toFixed(1)} %`);
  const [closed, told] = [[], []];
  const all = (await call(node.url, 'GET', '/v1/jobs?limit=1000')).json.jobs;
  for (const { id } of all.filter((job) => job.progress.received > 0).slice(0, Number(values.cancels))) {
    const sha256 = started.get(id);
    const files = readdirSync(`/proc/${node.pid}/fd`).filter((fd) => target(node.pid, fd).includes(sha256));
    if (files.length === 0) throw new Error('no file is open');
    const stream = await fetch(`${node.url}/v1/jobs/${id}/events`);
    const began = performance.now();
    const end = stream.text().then(() => told.push(performance.now() - began));
    await call(node.url, 'POST', `/v1/jobs/${id}/cancel`, {});
    while (files.some((fd) => target(node.pid, fd).includes(sha256))) await wait(1);
    closed.push(performance.now() - began);
    await end;
  }
  say('cancel until its file is closed', milliseconds(closed));
  say('cancel until the end is told', milliseconds(told));
  const last = await timed(async () => {
    await call(node.url, 'POST', '/v1/jobs/cancel', {});
    while (connectionsTo(port).size > 0) await wait(2);
  });
  say(`cancel --all of ${count - closed.length} until the last connection is closed`, `${last.toFixed(0)} ms`);
  await node.kill();
  await hub.stop();
  await home.remove();
}

process.on('unhandledRejection', (why) => { console.error(why); process.exit(1); });
for (const part of positionals.length ? positionals : ['queued', 'running']) await { queued, running }[part]();
