// bench/transfer: a verified pull side by side with other downloaders, from one local nginx in Hub shape.
//
//   node tests/bench/transfer.mjs [--gib 4] [--runs 5] [--lanes 8]
//
// Needs: build/release/hive (./run version makes it), nginx, curl, aria2, time (Debian packages). Every round
// runs all of them once in shuffled order; the ratios are of one round each, their median is printed. What is
// written is removed and the disk synced between runs.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environment } from '../e2e/support/hive.mjs';
import { startHub } from '../e2e/support/hub.mjs';

const { values } = parseArgs({ options: { gib: { type: 'string', default: '4' }, runs: { type: 'string', default: '5' }, lanes: { type: 'string', default: '8' } } });
const size = Math.round(Number(values.gib) * 2 ** 30);
const runs = Number(values.runs);
const binary = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../build/release/hive');

const hub = await startHub([{ id: 'acme/big', files: { 'model.gguf': size } }]);
const { commit, files: { 'model.gguf': facts } } = hub.repos['acme/big'];
const url = `${hub.endpoint}/acme/big/resolve/${commit}/model.gguf`;

const contestants = {
  'curl -o': (to) => ['curl', '-sSfL', '-o', `${to}/out`, url],
  'curl -o, then sha256sum': (to) => ['sh', '-c', `curl -sSfL -o ${to}/out ${url} && echo "${facts.sha256}  ${to}/out" | sha256sum --check --quiet`],
  'aria2c -x8': (to) => ['aria2c', '-q', '-x8', '-s8', '--file-allocation=none', '-d', to, '-o', 'out', url],
  'aria2c -x8 --checksum': (to) => ['aria2c', '-q', '-x8', '-s8', '--file-allocation=none', `--checksum=sha-256=${facts.sha256}`, '-d', to, '-o', 'out', url],
  [`hive pull, ${values.lanes} lanes, verified`]: () => [binary, 'pull', '--quiet', 'hf:acme/big'],
};

async function once(name) {
  const to = await mkdtemp(join(tmpdir(), 'hive-bench-'));
  const report = join(to, 'time');
  spawnSync('sync');
  const command = ['-f', '%e %U %S %M', '-o', report, ...contestants[name](to)];
  const env = environment(to, { HF_ENDPOINT: hub.endpoint, HIVE_LANES_PER_FILE: values.lanes });
  const child = spawn('/usr/bin/time', command, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((done, failed) => { child.on('exit', done); child.on('error', failed); });
  if (code !== 0) throw new Error(`${name} failed with ${code}`);
  const [wall, user, sys, rss] = (await readFile(report, 'utf8')).trim().split(/\s+/).map(Number);
  await rm(to, { recursive: true });
  return { wall, cpu: user + sys, rss: rss / 1024 };
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const rounds = [];
for (let round = 0; round < runs; round++) {
  const order = Object.keys(contestants).sort(() => Math.random() - 0.5);
  const figures = {};
  for (const name of order) figures[name] = await once(name);
  rounds.push(figures);
  console.error(`round ${round + 1} of ${runs} done`);
}
console.log(`${values.gib} GiB, ${runs} rounds; speed relative to curl -o in the same round (median, min–max)\n`);
console.log('| what | speed | min–max | MB/s | CPU s/GB | peak RSS MiB |\n|---|---|---|---|---|---|');
for (const name of Object.keys(contestants)) {
  const ratios = rounds.map((r) => r['curl -o'].wall / r[name].wall);
  const of = (key) => median(rounds.map((r) => r[name][key]));
  console.log(`| ${name} | ${median(ratios).toFixed(2)} | ${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)} | ${(size / 1e6 / of('wall')).toFixed(0)} | ${(of('cpu') / (size / 1e9)).toFixed(2)} | ${Math.max(...rounds.map((r) => r[name].rss)).toFixed(0)} |`);
}
await hub.stop();
