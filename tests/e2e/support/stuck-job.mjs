// Among many jobs the one that is stuck is found by one question, says why, and is cancelled where it was found.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { call, submit, until } from './api.mjs';
import { eventually, actors, running } from './inspected.mjs';
import { hive } from './hive.mjs';
import { tricklingHub } from './trickling-hub.mjs';

export function findStuck(count) {
test(`the one of ${count} jobs that is stuck is found, says why, and is cancelled with all below it`, { timeout: 600_000 }, async (t) => {
  const stuck = `acme/slow-${Math.floor(count * 0.6)}`;
  const hub = await tricklingHub(t, new Set([stuck]));
  const { where, node } = await running(t, { HF_ENDPOINT: hub.endpoint, HIVE_MAX_JOBS: `${count}`, HIVE_MAX_LANES: '1024', HIVE_LANES_PER_ORIGIN: '64' });
  const ids = new Map();
  let next = 0;
  await Promise.all(Array.from({ length: 16 }, async () => {
    while (next < count) { const name = `acme/slow-${next++}`; ids.set(name, (await submit(node.url, `hf:${name}`)).id); }
  }));
  const job = ids.get(stuck);

  // One question, by the command line.
  const found = await eventually('one stalled actor', async () => {
    const got = await hive(where, ['top', '--json', '--filter', 'state:stalled']);
    assert.equal(got.code, 0, got.err);
    const list = JSON.parse(got.out).actors;
    return list.length === 1 && list[0].job === job ? list[0] : undefined;
  }, 300);
  assert.ok(found.label.length > 0, 'the list itself says why');

  // Why: what it says of itself, and which server the transfer waits for.
  const shown = JSON.parse((await hive(where, ['actors', 'show', `${found.id}`, '--json'])).out);
  // A second may have passed.
  const saidOf = (cause) => cause.replace(/\d+ s/, 'N s');
  assert.equal(saidOf(shown.description.cause), saidOf(found.label));
  assert.ok(shown.description.still_ms >= 10_000);
  const parent = shown.above[0];
  assert.equal(parent.name, 'job');
  assert.ok((await hive(where, ['actors', 'show', `${parent.id}`])).out.includes(stuck));
  const [transfer] = await actors(node.url, `name=${hub.sha256(stuck)}`);
  const { description } = (await call(node.url, 'GET', `/v1/actors/${transfer.id}`)).json;
  assert.equal(description.path, 'model.bin');
  // Between two tries it has no lane, but a reason.
  const [lane] = description.lanes;
  assert.match(lane ? lane.origin : description.origin, /127\.0\.0\./);
  if (!lane) assert.ok(description.waits, JSON.stringify(description));

  // Cancelled where it was found; the subtree goes, the others stay.
  const below = await actors(node.url, `under=${parent.id}`);
  assert.ok(below.length >= 2);
  const done = await hive(where, ['actors', 'cancel', `${found.id}`]);
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, new RegExp(`job ${job} is `));
  assert.equal((await until(node.url, job)).state, 'cancelled');
  await eventually('its subtree is gone', async () => {
    const left = await actors(node.url, `under=${parent.id}`);
    const bytes = await actors(node.url, `name=${hub.sha256(stuck)}`);
    return left.length === 0 && bytes.length === 0;
  });
  for (const one of below) assert.equal((await call(node.url, 'GET', `/v1/actors/${one.id}`)).status, 404);
  assert.match(node.said(), new RegExp(`actor-action.* order=cancel.* who=127\\.0\\.0\\.1`));
  assert.equal((await call(node.url, 'GET', '/v1/node')).json.jobs.cancelled, 1);
});
}
