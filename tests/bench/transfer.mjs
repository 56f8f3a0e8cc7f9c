// bench/transfer: verified pulls side by side with other downloaders, from a local nginx in Hub shape.
//
//   node tests/bench/transfer.mjs [a b c d e f] [--runs 3] [--gib 4] [--only NAME+NAME]
//
// a  one file, as fast as it goes        b  20 MB/s per connection      c  one connection of ten at 1 kB/s
// d  links that end after 3 s            e  2,000 files of 64 KiB       f  8 jobs at once
//
// Needs: build/release/hive (./run version makes it), nginx, curl, aria2, wget, time (Debian packages). Every round
// runs all of a scenario's contestants once in shuffled order; ratios are of one round each, their median is
// printed. What is written is removed and the disk synced between runs. `wasted` is what nginx sent beyond the files;
// `tail` the share of the time the last tenth took and `usable` the time from the last byte to the end (hive only:
// the others do not say).
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { environment } from '../e2e/support/hive.mjs';
import { startHub } from '../e2e/support/hub.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { gib: { type: 'string', default: '4' }, runs: { type: 'string', default: '3' }, only: { type: 'string', default: '' } },
});
const binary = process.env.HIVE_BINARY ?? resolve(dirname(fileURLToPath(import.meta.url)), '../../build/release/hive');
const runs = Number(values.runs);
const whole = Math.round(Number(values.gib) * 2 ** 30);
const limit = 120; // seconds for one contestant

// A Hub whose links end `seconds` after they were given; everything else is nginx's.
async function expiringFront(hub, seconds) {
  const server = createServer(async (asked, reply) => {
    const found = asked.url.match(/^\/(acme\/[^/]+)\/resolve\/[^/]+\/(.+)$/);
    const answer = await fetch(hub.endpoint + asked.url, { redirect: 'manual', headers: { 'user-agent': 'bench' } });
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !/^(transfer-encoding|connection|content-length|content-encoding)$/.test(name)));
    if (found && answer.status === 302) {
      const ends = Math.floor(Date.now() / 1000) + seconds;
      const mark = createHash('md5').update(`${ends} bench`).digest('base64url');
      headers.location = `${hub.cdn}/xet/models/${found[1]}/${found[2]}?Expires=${ends}&Signature=${mark}`;
    }
    if (headers.link) headers.link = headers.link.replaceAll(hub.endpoint, front);
    reply.writeHead(answer.status, headers);
    reply.end(Buffer.from(await answer.arrayBuffer()));
  }).listen(0, '127.0.0.1');
  await new Promise((up) => server.on('listening', up));
  const front = `http://127.0.0.1:${server.address().port}`;
  return { endpoint: front, stop: () => server.close() };
}

const one = (size) => [{ id: 'acme/big', files: { 'model.gguf': size } }];
const many = (count, size) => [{ id: 'acme/many', files: Object.fromEntries(Array.from({ length: count }, (_, i) => [`part-${String(i).padStart(5, '0')}.bin`, size])) }];
const eight = (size) => Array.from({ length: 8 }, (_, i) => ({ id: `acme/job${i}`, files: { 'model.gguf': size } }));
const slowEach = '20m';

const scenarios = {
  a: { title: 'one file, as fast as it goes', repos: one(whole), base: 'curl -o', all: ['curl -o', 'curl -o, synced', 'wget', 'aria2c -x1', 'aria2c -x8', 'aria2c -x16', 'aria2c -x8 --checksum', 'hive'] },
  b: { title: '20 MiB/s per connection', repos: one(whole), cdn: `limit_rate ${slowEach};`, base: 'aria2c -x16', all: ['aria2c -x8', 'aria2c -x16', 'hive'] },
  c: { title: 'one connection of ten at 1 kB/s, the others at 20 MiB/s', repos: one(whole), http: `map $connection $lane_rate { default ${slowEach}; ~7$ 1k; }`, cdn: 'limit_rate $lane_rate;', base: 'hive', all: ['aria2c -x16', 'hive'] },
  d: { title: 'links that end after 3 s, 20 MiB/s per connection', repos: one(whole), expires: 3, cdn: `limit_rate ${slowEach};`, base: 'aria2c -x16', all: ['aria2c -x16', 'hive'] },
  e: { title: '2,000 files of 64 KiB', repos: many(2000, 65536), base: 'aria2c -j16', all: ['aria2c -j16', 'curl -Z', 'hive'] },
  f: { title: '8 jobs at once', repos: eight(Math.round(whole / 8)), base: 'curl -Z', all: ['curl -Z', 'aria2c -j8', 'hive'] },
};

async function prepare(scenario) {
  const guard = scenario.expires && 'secure_link $arg_Signature,$arg_Expires; secure_link_md5 "$secure_link_expires bench"; if ($secure_link != 1) { return 403; }';
  const hub = await startHub(scenario.repos, { http: scenario.http, cdnMore: scenario.cdn, guard });
  const front = scenario.expires ? await expiringFront(hub, scenario.expires) : { endpoint: hub.endpoint, stop: () => {} };
  const files = scenario.repos.flatMap((repo) => Object.keys(repo.files).map((path) => ({
    ...hub.repos[repo.id].files[path], out: `${repo.id.replace('/', '-')}-${path}`,
    url: `${front.endpoint}/${repo.id}/resolve/${hub.repos[repo.id].commit}/${path}`,
  })));
  return { hub, front, files, bytes: files.reduce((sum, f) => sum + f.size, 0), repos: scenario.repos };
}

async function commandOf(name, { files, repos }, to) {
  const first = files[0];
  if (name === 'hive') return [binary, 'pull', '--json', ...repos.map((r) => `hf:${r.id}`)];
  if (name === 'wget') return ['wget', '-q', '-O', `${to}/out`, first.url];
  if (name === 'curl -o') return ['curl', '-sSfL', '-o', `${to}/out`, first.url];
  if (name === 'curl -o, synced') return ['sh', '-c', 'curl -sSfL -o "$0" "$1" && sync "$0"', `${to}/out`, first.url];
  if (name === 'curl -Z') {
    await writeFile(`${to}/list`, files.map((f) => `url = "${f.url}"\noutput = "${to}/${f.out}"\n`).join(''));
    return ['curl', '-sSfL', '-Z', '--parallel-max', '16', '-K', `${to}/list`];
  }
  const aria = ['aria2c', '-q', '--file-allocation=none', '-d', to];
  if (name.includes('-j')) {
    await writeFile(`${to}/list`, files.map((f) => `${f.url}\n  out=${f.out}\n`).join(''));
    return [...aria, name.split(' ')[1], '-i', `${to}/list`];
  }
  const lanes = name.match(/-x(\d+)/)[1];
  return [...aria, `-x${lanes}`, `-s${lanes}`, ...(name.includes('checksum') ? [`--checksum=sha-256=${first.sha256}`] : []), '-o', 'out', first.url];
}

// From hive's own events: when the bytes reached 90 %, 100 %, and the end.
function times(lines, bytes) {
  const seen = { last: null, nine: null };
  for (const line of lines) {
    let event;
    try { event = JSON.parse(line.text); } catch { continue; }
    if (typeof event.received !== 'number') continue;
    if (seen.nine === null && event.received >= bytes * 0.9) seen.nine = line.at;
    if (seen.last === null && event.received >= bytes) seen.last = line.at;
  }
  return seen;
}

async function once(name, where) {
  const to = await mkdtemp(join(tmpdir(), 'hive-bench-'));
  const report = join(to, 'time');
  spawnSync('sync');
  const before = await sent(where.hub);
  const command = ['-f', '%e %U %S %M', '-o', report, 'timeout', String(limit), ...(await commandOf(name, where, to))];
  const env = environment(to, { HF_ENDPOINT: where.front.endpoint, HIVE_MAX_JOBS: '8' });
  const began = performance.now();
  const child = spawn('/usr/bin/time', command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = [];
  let rest = '';
  let said = '';
  child.stdout.on('data', (d) => {
    const parts = (rest + d).split('\n');
    rest = parts.pop();
    if (name === 'hive' && where.repos.length === 1) for (const text of parts) lines.push({ at: performance.now(), text });
  });
  child.stderr.on('data', (d) => { said += d; });
  const code = await new Promise((done, failed) => { child.on('close', done); child.on('error', failed); });
  const ended = performance.now();
  const [wall, user, sys, rss] = (await readFile(report, 'utf8')).trim().split('\n').pop().split(/\s+/).map(Number);
  await rm(to, { recursive: true });
  const failed = code !== 0 && (code === 124 ? `> ${limit} s` : `failed (${code})`);
  if (failed && name === 'hive') console.error(said.slice(-2000));
  const seen = times(lines, where.bytes);
  return {
    wall, cpu: user + sys, rss: rss / 1024, failed, wasted: (await sent(where.hub)) - before - where.bytes,
    tail: seen.last && (seen.last - seen.nine) / (ended - began), usable: seen.last && (ended - seen.last) / 1000,
  };
}

// Bytes of file bodies nginx has sent.
async function sent(hub) {
  await new Promise((done) => setTimeout(done, 200)); // nginx writes a line once the reply has ended
  const bodies = (await hub.log()).filter(([, , , uri]) => /^\/xet\/|resolve-cache/.test(uri));
  return bodies.reduce((sum, line) => sum + Number(line[4]), 0);
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const shown = (value, digits = 2) => (value === null || value === undefined || Number.isNaN(value) ? '' : value.toFixed(digits));

async function play(key) {
  const scenario = scenarios[key];
  const all = scenario.all.filter((name) => name === scenario.base || !values.only || values.only.split('+').some((one) => name.includes(one)));
  const where = await prepare(scenario);
  const rounds = [];
  for (let round = 0; round < runs; round++) {
    const figures = {};
    for (const name of [...all].sort(() => Math.random() - 0.5)) figures[name] = await once(name, where);
    rounds.push(figures);
    console.error(`${key}: round ${round + 1} of ${runs} done`);
  }
  console.log(`\n### ${key}: ${scenario.title} (${(where.bytes / 2 ** 30).toFixed(2)} GiB, ${runs} rounds)\n`);
  console.log(`| what | speed, ${scenario.base} = 1 | min–max | MB/s | wasted % | CPU s/GB | peak RSS MiB | tail % | usable s |\n|---|---|---|---|---|---|---|---|---|`);
  for (const name of all) {
    const failed = rounds.map((r) => r[name].failed).find(Boolean);
    if (failed) { console.log(`| ${name} | ${failed} |`); continue; }
    const ratios = rounds.map((r) => r[scenario.base].wall / r[name].wall);
    const of = (field) => median(rounds.map((r) => r[name][field]));
    console.log(`| ${name} | ${shown(median(ratios))} | ${shown(Math.min(...ratios))}–${shown(Math.max(...ratios))} | ${shown(where.bytes / 1e6 / of('wall'), 0)} | ${shown(of('wasted') / where.bytes * 100)} | ${shown(of('cpu') / (where.bytes / 1e9))} | ${shown(Math.max(...rounds.map((r) => r[name].rss)), 0)} | ${shown(of('tail') * 100 || undefined, 0)} | ${shown(of('usable') ?? undefined)} |`);
  }
  where.front.stop();
  await where.hub.stop();
}

for (const key of positionals.length ? positionals : Object.keys(scenarios)) await play(key);
