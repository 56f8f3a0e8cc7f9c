// What lies on the disk is checked, and what is damaged of it comes back, as a user sees it.
import assert from 'node:assert/strict';
import { chmod, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { call, events, until } from './support/api.mjs';
import { sha256Of } from './support/content.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { startHub } from './support/hub.mjs';

const MiB = 1 << 20;
const big = 40 * MiB + 1234;
const repos = [
  { id: 'acme/model', files: { 'config.json': 311, 'model.gguf': big } },
  { id: 'acme/other', files: { 'config.json': 100, 'other.gguf': 9 * MiB } },
];
let hub;
before(async () => { hub = await startHub(repos); });
after(async () => { await hub?.stop(); });

const at = (h) => ({ HF_ENDPOINT: h.endpoint });
const model = () => hub.repos['acme/model'].files['model.gguf'];
const blobOf = (home, { sha256 }) => join(home, 'blobs/sha256', sha256.slice(0, 2), sha256);
// Which bytes were asked of the CDN, joined: [[first, last], …]. What it sends to a lane that closes early is no measure.
async function asked(h, from = 0) {
  const ranges = (await h.log()).slice(from).filter(([server]) => server === 'cdn')
    .map((line) => line[5].match(/^bytes=(\d+)-(\d+)$/).slice(1).map(Number)).sort((x, y) => x[0] - y[0]);
  const joined = [];
  for (const [first, last] of ranges) {
    const end = joined.at(-1);
    if (end && first <= end[1] + 1) end[1] = Math.max(end[1], last);
    else joined.push([first, last]);
  }
  return joined;
}

async function home(t, refs = ['hf:acme/model']) {
  const made = await temporary();
  t.after(made.remove);
  for (const ref of refs) {
    const got = await hive(made.path, ['pull', ref], { env: at(hub) });
    assert.equal(got.code, 0, got.err);
  }
  return made.path;
}

async function flip(file, ...offsets) {
  await chmod(file, 0o644);
  const handle = await open(file, 'r+');
  for (const offset of offsets) {
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, offset);
    byte[0] ^= 1;
    await handle.write(byte, 0, 1, offset);
  }
  await handle.close();
}

async function standsRight(where) {
  assert.equal(await sha256Of(blobOf(where, model())), model().sha256);
  const view = join(where, 'hub/models--acme--model/snapshots', hub.repos['acme/model'].commit, 'model.gguf');
  assert.equal(await sha256Of(view), model().sha256, 'tools see the mended content');
  assert.deepEqual(await readdir(join(where, 'partial')), []);
}

describe('hive verify', () => {
  test('a whole artifact passes, and nobody is asked', async (t) => {
    const where = await home(t);
    const seen = (await hub.log()).length;
    const got = await hive(where, ['verify', 'hf:acme/model'], { env: at(hub) });
    assert.equal(got.code, 0, got.err + got.out);
    assert.match(got.out, /verified in/);
    assert.equal((await hub.log()).length, seen);
  });

  test('three wrong bytes cost three pieces, and views show the mended content', async (t) => {
    const where = await home(t);
    await flip(blobOf(where, model()), 5, 17 * MiB, big - 1);
    const seen = (await hub.log()).length;
    const got = await hive(where, ['verify', 'hf:acme/model'], { env: at(hub) });
    assert.equal(got.code, 0, got.err + got.out);
    assert.match(got.out, new RegExp(`bytes 0-${8 * MiB - 1}, ${16 * MiB}-${24 * MiB - 1}, ${40 * MiB}-${big - 1}`));
    assert.deepEqual(await asked(hub, seen), [[0, 8 * MiB - 1], [16 * MiB, 24 * MiB - 1], [40 * MiB, big - 1]]);
    await standsRight(where);
    assert.equal((await hive(where, ['verify', 'hf:acme/model'], { env: at(hub) })).code, 0);
  });

  test('without its source it says what is damaged with exit code 5, and mends it later', async (t) => {
    const where = await home(t);
    await flip(blobOf(where, model()), 9 * MiB);
    const gone = { HF_ENDPOINT: 'http://127.0.0.1:9' };
    const failed = await hive(where, ['verify', 'hf:acme/model'], { env: gone });
    assert.equal(failed.code, 5, failed.err + failed.out);
    assert.match(failed.err, new RegExp(`model.gguf is damaged at bytes ${8 * MiB}-${16 * MiB - 1}`));
    await assert.rejects(stat(blobOf(where, model())), 'the damaged blob is served to nobody');
    assert.match((await hive(where, ['ls'])).out, /acme\/model.*\(damaged\)/);
    const again = await hive(where, ['verify', 'hf:acme/model'], { env: gone });
    assert.equal(again.code, 5, again.err);
    assert.match(again.err, new RegExp(`lacks bytes ${8 * MiB}-${16 * MiB - 1}`));
    const seen = (await hub.log()).length;
    const mended = await hive(where, ['verify', 'hf:acme/model'], { env: at(hub) });
    assert.equal(mended.code, 0, mended.err + mended.out);
    assert.deepEqual(await asked(hub, seen), [[8 * MiB, 16 * MiB - 1]]);
    await standsRight(where);
  });

  test('a cut blob and one that is gone come back', async (t) => {
    const where = await home(t);
    await chmod(blobOf(where, model()), 0o644);
    await truncate(blobOf(where, model()), 20 * MiB);
    const seen = (await hub.log()).length;
    const cut = await hive(where, ['verify', 'hf:acme/model'], { env: at(hub) });
    assert.equal(cut.code, 0, cut.err + cut.out);
    assert.deepEqual(await asked(hub, seen), [[16 * MiB, big - 1]]);
    await standsRight(where);
    await rm(blobOf(where, model()), { force: true });
    await rm(join(where, 'hub'), { recursive: true });
    const gone = await hive(where, ['verify', 'hf:acme/model'], { env: at(hub) });
    assert.equal(gone.code, 0, gone.err + gone.out);
    await standsRight(where);
  });

  test('--all looks at everything, and one damaged artifact does not hide another', async (t) => {
    const where = await home(t, ['hf:acme/model', 'hf:acme/other']);
    const other = hub.repos['acme/other'].files['other.gguf'];
    await flip(blobOf(where, model()), 0);
    await flip(blobOf(where, other), 9 * MiB - 1);
    const failed = await hive(where, ['verify', '--all'], { env: { HF_ENDPOINT: 'http://127.0.0.1:9' } });
    assert.equal(failed.code, 5, failed.err);
    assert.match(failed.err, /acme\/model/);
    assert.match(failed.err, /acme\/other/);
    const mended = await hive(where, ['verify', '--all', '--json'], { env: at(hub) });
    assert.equal(mended.code, 0, mended.err);
    for (const line of mended.out.trim().split('\n')) JSON.parse(line);
    assert.equal(await sha256Of(blobOf(where, other)), other.sha256);
    await standsRight(where);
  });

  test('bad usage and what is not here', async (t) => {
    const where = await home(t, []);
    assert.equal((await hive(where, ['verify'])).code, 2);
    assert.equal((await hive(where, ['verify', '--all', 'hf:acme/model'])).code, 2);
    assert.equal((await hive(where, ['verify', 'hf:acme/none'])).code, 3);
    assert.equal((await hive(where, ['verify', '--all'])).code, 0);
  });
});

describe('a verification is a job', () => {
  test('with events, progress and the artifact, and its damage is shown meanwhile', async (t) => {
    const where = await home(t);
    await flip(blobOf(where, model()), 30 * MiB);
    const node = await serve(where, { env: { HF_ENDPOINT: 'http://127.0.0.1:9' } });
    t.after(() => node.kill());
    const [artifact] = (await call(node.url, 'GET', '/v1/artifacts')).json.artifacts;
    assert.equal(artifact.health, 'ok');
    const made = await call(node.url, 'POST', `/v1/artifacts/${artifact.id}/verify`);
    assert.equal(made.status, 202, made.text);
    assert.equal(made.headers.get('location'), `/v1/jobs/${made.json.id}`);
    assert.equal(made.json.kind, 'verify');
    assert.equal(made.json.artifact, artifact.id);
    const ended = await until(node.url, made.json.id);
    assert.equal(ended.state, 'failed');
    assert.equal(ended.error.code, 'blob_damaged');
    const all = await events(node.url, `/v1/jobs/${made.json.id}/events`);
    const found = all.find((e) => e.data.action === 'damage-found');
    assert.equal(found.data.ranges, `${24 * MiB}-${32 * MiB - 1}`);
    const shown = (await call(node.url, 'GET', `/v1/artifacts/${artifact.id}`)).json;
    assert.equal(shown.health, 'damaged');
    assert.deepEqual(shown.damaged, ['model.gguf']);
    assert.equal((await call(node.url, 'GET', `/v1/blobs/sha256:${model().sha256}`)).status, 404);
    assert.equal((await call(node.url, 'POST', '/v1/artifacts/0123456789abcdef/verify')).status, 404);
    assert.equal((await call(node.url, 'POST', '/v1/jobs', { kind: 'verify', ref: 'hf:acme/model' })).status, 400);
  });

  test('cancelled in the middle it leaves everything as it was', async (t) => {
    const where = await home(t);
    const node = await serve(where, { env: at(hub) });
    t.after(() => node.kill());
    const [artifact] = (await call(node.url, 'GET', '/v1/artifacts')).json.artifacts;
    const made = (await call(node.url, 'POST', `/v1/artifacts/${artifact.id}/verify`)).json;
    const cancelled = await call(node.url, 'POST', `/v1/jobs/${made.id}/cancel`, { purge: true });
    const ended = await until(node.url, made.id);
    // A fast disk may have been faster than the cancel.
    if (cancelled.status === 202) assert.ok(['cancelled', 'succeeded'].includes(ended.state), ended.state);
    assert.equal(await sha256Of(blobOf(where, model())), model().sha256);
    assert.deepEqual(await readdir(join(where, 'partial')), []);
    await node.stop();
  });

  test('a pull of something damaged mends it too, fetching what is missing only', async (t) => {
    const where = await home(t);
    await flip(blobOf(where, model()), 1);
    assert.equal((await hive(where, ['verify', 'hf:acme/model'], { env: { HF_ENDPOINT: 'http://127.0.0.1:9' } })).code, 5);
    const seen = (await hub.log()).length;
    const pulled = await hive(where, ['pull', 'hf:acme/model'], { env: at(hub) });
    assert.equal(pulled.code, 0, pulled.err);
    assert.deepEqual(await asked(hub, seen), [[0, 8 * MiB - 1]]);
    await standsRight(where);
  });
});

describe('a first transfer', () => {
  test('whose server turns a byte once is right after its own second try, which says where', async (t) => {
    const size = 12 * MiB;
    const slow = await startHub([{ id: 'acme/slow', rate: '6m', files: { 'model.gguf': size } }]);
    t.after(slow.stop);
    const file = slow.repos['acme/slow'].files['model.gguf'];
    await flip(file.disk, size - 1);
    const made = await temporary();
    t.after(made.remove);
    let mended;
    const got = await hive(made.path, ['pull', 'hf:acme/slow'], {
      env: at(slow),
      onStart: (child) => child.stdout.on('data', (d) => { if (/fetching all of/.test(d)) mended ??= flip(file.disk, size - 1); }),
    });
    assert.equal(got.code, 0, got.err + got.out);
    assert.match(got.out, new RegExp(`differ at bytes ${size - 1}-${size - 1}: first from 127\\.0\\.0\\.1:\\d+`));
    assert.equal(await sha256Of(blobOf(made.path, file)), file.sha256);
  });
});
