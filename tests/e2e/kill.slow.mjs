// kill -9 at random points of a 1 GiB pull: every restart resumes, loses at most one flush interval per
// lane, and never commits wrong bytes.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { call, submit, until } from './support/api.mjs';
import { sha256Of } from './support/content.mjs';
import { serve, temporary } from './support/hive.mjs';
import { startHub } from './support/hub.mjs';

const size = 1 << 30;
const kills = Number(process.env.HIVE_KILLS ?? 50);
const flush = 64 << 20;
const lanes = 8;
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
