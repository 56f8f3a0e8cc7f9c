// kill -9 at random points of a 1 GiB pull: every restart resumes, loses at most one flush interval per
// lane, and never commits wrong bytes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { call, submit, until } from './support/api.mjs';
import { sha256Of } from './support/content.mjs';
import { binary, environment, serve, temporary } from './support/hive.mjs';
import { startHub } from './support/hub.mjs';

const size = 1 << 30;
const kills = Number(process.env.HIVE_KILLS ?? 50);
const flush = 64 << 20;
const lanes = 16;
const underway = 6 << 20; // per lane: a block being filled and what the kernel's socket buffers hold

// A seeded generator, so that a failure can be had again.
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

// What the Hub's CDN has sent so far; a killed reader's socket buffers count as sent.
const sentBy = async (hub) => (await hub.log()).filter(([server]) => server === 'cdn').reduce((sum, line) => sum + Number(line[4]), 0);

test(`${kills} kills of a pull of 1 GiB`, { timeout: 1_700_000 }, async (t) => {
  const seed = Number(process.env.HIVE_SEED ?? Date.now() % 100_000);
  t.diagnostic(`HIVE_SEED=${seed}`);
  const next = random(seed);
  const hub = await startHub([{ id: 'acme/big', rate: '12m', files: { 'model.gguf': size } }]);
  const home = await temporary();
  t.after(async () => { await hub.stop(); await home.remove(); });
  const { sha256 } = hub.repos['acme/big'].files['model.gguf'];
  let [done, rounds, wasted, before] = [0, 0, 0, 0];
  while (done < kills) {
    rounds++;
    let node = await serve(home.path, { env: { HF_ENDPOINT: hub.endpoint } });
    const open = (await call(node.url, 'GET', '/v1/jobs')).json.jobs.find((j) => !['succeeded', 'failed', 'cancelled'].includes(j.state));
    const id = open?.id ?? (await submit(node.url, 'hf:acme/big')).id;
    let [ended, killed] = [false, 0];
    while (done < kills && !ended) {
      await wait(100 + next() * 1400);
      const now = (await call(node.url, 'GET', `/v1/jobs/${id}`)).json;
      const job = now.job ?? now;
      ended = ['succeeded', 'failed', 'cancelled'].includes(job.state);
      if (ended) { assert.equal(job.state, 'succeeded', JSON.stringify(job.error)); break; }
      await node.kill();
      done++;
      killed++;
      node = await serve(home.path, { env: { HF_ENDPOINT: hub.endpoint } });
    }
    if (!ended) assert.equal((await until(node.url, id, undefined, 300)).state, 'succeeded');
    const blob = join(home.path, 'blobs/sha256', sha256.slice(0, 2), sha256);
    assert.equal(await sha256Of(blob), sha256, 'the blob is what the Hub has');
    const sent = await sentBy(hub);
    const extra = sent - before - size;
    before = sent;
    wasted += extra;
    assert.ok(extra <= killed * (flush + lanes * underway), `${extra} bytes fetched twice in ${killed} kills`);
    const artifact = (await call(node.url, 'GET', '/v1/artifacts')).json.artifacts[0].id;
    assert.equal((await call(node.url, 'DELETE', `/v1/artifacts/${artifact}`)).status, 200);
    await node.stop();
  }
  t.diagnostic(`${done} kills in ${rounds} pulls; fetched twice per kill: ${(wasted / done / 2 ** 20).toFixed(1)} MiB`);
});

const quick = Number(process.env.HIVE_QUICK_KILLS ?? 1000);

test(`${quick} kills of pulls of several files in small pieces`, { timeout: 1_700_000 }, async (t) => {
  const seed = Number(process.env.HIVE_SEED ?? Date.now() % 100_000);
  t.diagnostic(`HIVE_SEED=${seed}`);
  const next = random(seed);
  const files = { 'a.gguf': 30 << 20, 'b.gguf': 9_000_001, 'c.bin': 3 << 20, 'config.json': 777, 'sub/d.bin': 1 << 20 };
  const total = Object.values(files).reduce((sum, size) => sum + size, 0);
  const hub = await startHub([{ id: 'acme/parts', rate: '8m', files }]);
  const home = await temporary();
  t.after(async () => { await hub.stop(); await home.remove(); });
  const facts = Object.values(hub.repos['acme/parts'].files);
  const blobOf = ({ sha256 }) => join(home.path, 'blobs/sha256', sha256.slice(0, 2), sha256);
  const env = environment(home.path, { HF_ENDPOINT: hub.endpoint, HIVE_FLUSH_BYTES: '1048576' });
  let [kills, pulls, since, wasted, before] = [0, 0, 0, 0, 0];
  while (kills < quick) {
    const child = spawn(binary, ['pull', '--json', 'hf:acme/parts'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => { said += d; });
    const blow = setTimeout(() => child.kill('SIGKILL'), 30 + next() * 400);
    const { code, signal } = await new Promise((ended) => child.on('close', (c, s) => ended({ code: c, signal: s })));
    clearTimeout(blow);
    assert.doesNotMatch(said, /digest_mismatch|"restarted"/, said);
    if (signal === 'SIGKILL') { kills++; since++; continue; }
    assert.equal(code, 0, said);
    pulls++;
    for (const fact of facts) assert.equal(await sha256Of(blobOf(fact)), fact.sha256);
    const sent = await sentBy(hub);
    const extra = sent - before - total;
    before = sent;
    wasted += extra;
    assert.ok(extra <= since * lanes * ((1 << 20) + underway), `${extra} bytes fetched twice in ${since} kills`);
    since = 0;
    await home.remove();
    assert.ok(!existsSync(home.path));
  }
  t.diagnostic(`${kills} kills, ${pulls} whole pulls; fetched twice per kill: ${(wasted / kills / 2 ** 20).toFixed(2)} MiB`);
});
