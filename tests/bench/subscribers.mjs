// bench/subscribers: many event streams of one job: memory for each, and how late events come.
//
//   node tests/bench/subscribers.mjs [--counts 1000,10000] [--rate 20] [--seconds 15]
//
// Needs: HIVE_BINARY (default build/dev/hive; figures are meant of a release build), cc. A real node with one job that waits for a
// vendor that never answers; each event is a change of the job's limit (PATCH /v1/jobs/{id}). The crowd (crowd.c) runs on the same
// machine, so it takes a share of its cores. "Late" is from the event's `time` to when its subscriber has read it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { call, submit, until } from '../e2e/support/api.mjs';
import { serve, temporary } from '../e2e/support/hive.mjs';

const { values } = parseArgs({ options: {
  counts: { type: 'string', default: '1000,10000' }, rate: { type: 'string', default: '20' }, seconds: { type: 'string', default: '15' } } });
const [rate, seconds] = [Number(values.rate), Number(values.seconds)];

const resident = (pid) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) * 1024;
const cpu = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

// `rate` changes a second for `seconds`, on time whether or not the node has answered those before; resolves with how
// many events there were.
async function change(url, id) {
  const last = async () => (await call(url, 'GET', '/v1/node')).json.last_event;
  const from = await last();
  const began = performance.now();
  const answers = [];
  while (answers.length < rate * seconds) {
    const due = began + (answers.length * 1000) / rate;
    if (due > performance.now()) await wait(due - performance.now());
    answers.push(call(url, 'PATCH', `/v1/jobs/${id}`, { max_rate: 1_000_000 + answers.length }));
  }
  await Promise.all(answers);
  return (await last()) - from;
}

const place = await temporary('crowd');
const crowd = join(place.path, 'crowd');
execFileSync('cc', ['-O2', '-o', crowd, fileURLToPath(new URL('crowd.c', import.meta.url))]);
const hub = createServer(() => {}).listen(0, '127.0.0.1');
await once(hub, 'listening');
console.log('| subscribers | events/s | RSS each | late p50 | p99 | worst | heard of told | CPU of the node |\n|---|---|---|---|---|---|---|---|');
try {
  for (const count of values.counts.split(',').map(Number)) {
    const home = await temporary('crowd-home');
    const node = await serve(home.path, { env: { HF_ENDPOINT: `http://127.0.0.1:${hub.address().port}` } });
    const { id } = await submit(node.url, 'hf:acme/slow');
    await until(node.url, id, (j) => j.state === 'resolving');
    await change(node.url, id); // whatever grows at first has grown
    const before = resident(node.pid);
    const child = spawn(crowd, [new URL(node.url).port, `/v1/jobs/${id}/events?after=${(await call(node.url, 'GET', '/v1/node')).json.last_event}`, String(count)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await lines.next();
    child.stdin.write('mark\n');
    await lines.next();
    const used = cpu(node.pid);
    const began = performance.now();
    const made = await change(node.url, id);
    const took = (performance.now() - began) / 1000;
    const busy = cpu(node.pid) - used;
    await wait(1500);
    const each = (resident(node.pid) - before) / count / 1024;
    child.stdin.write('mark\n');
    const seen = JSON.parse((await lines.next()).value);
    console.log(`| ${count} | ${(made / took).toFixed(1)} | ${each.toFixed(1)} KiB | ${seen.p50} ms | ${seen.p99} ms | ${seen.worst} ms | ${(100 * seen.events / made / count).toFixed(2)} % | ${(100 * busy / took).toFixed(0)} % |`);
    child.kill();
    await node.kill();
    await home.remove();
  }
} finally {
  hub.closeAllConnections();
  hub.close();
  await place.remove();
}
