// Pulling from a Hub run by a real server, as a user does it.
import assert from 'node:assert/strict';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { call, events, submit, until } from './support/api.mjs';
import { sha256Of } from './support/content.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { startHub, token } from './support/hub.mjs';

const big = 24_000_001;
let hub, slow;

before(async () => {
  hub = await startHub([
    { id: 'acme/tiny', files: { 'config.json': 311, 'tokenizer.json': 90_000, 'tiny-Q4_K_M.gguf': big, 'tiny-Q8_0.gguf': 5_000_000, 'sub dir/näme.txt': 17 } },
    { id: 'acme/rows', kind: 'datasets', files: { 'README.md': 40, 'data/train.parquet': 2_000_000 } },
    { id: 'acme/gated', gated: true, files: { 'config.json': 20, 'model.safetensors': 3_000_000 } },
  ]);
  slow = await startHub([{ id: 'acme/slow', rate: '2m', files: { 'model.gguf': 64 << 20 } }]);
});
after(async () => { await hub?.stop(); await slow?.stop(); });

async function home(t) {
  const made = await temporary();
  t.after(made.remove);
  return made.path;
}
const at = (which) => ({ HF_ENDPOINT: which.endpoint });

async function sameAsHub(folder, repo, paths) {
  for (const path of paths) assert.equal(await sha256Of(join(folder, path)), hub.repos[repo].files[path].sha256, path);
}

describe('pull', () => {
  test('brings a whole repository, byte for byte, where a Hub cache reader finds it', async (t) => {
    const where = await home(t);
    const got = await hive(where, ['pull', 'hf:acme/tiny'], { env: at(hub) });
    assert.equal(got.code, 0, got.err + got.out);
    const { commit, files } = hub.repos['acme/tiny'];
    const snapshot = join(where, 'hub/models--acme--tiny/snapshots', commit);
    await sameAsHub(snapshot, 'acme/tiny', Object.keys(files));
    assert.equal(await readFile(join(where, 'hub/models--acme--tiny/refs/main'), 'utf8'), commit);
    const path = await hive(where, ['path', 'hf:acme/tiny']);
    assert.equal(path.out.trim(), snapshot);
    const blob = await stat(join(where, 'blobs/sha256', files['tiny-Q4_K_M.gguf'].sha256.slice(0, 2), files['tiny-Q4_K_M.gguf'].sha256));
    assert.equal(blob.nlink, 2, 'the cache view is a second name, not a second copy');
    assert.equal(blob.mode & 0o222, 0, 'blobs are read-only');
    assert.deepEqual((await readdir(join(where, 'partial'))), [], 'nothing unfinished stays');
  });

  test('again, with the Hub gone, asks nobody', async (t) => {
    const where = await home(t);
    const own = await startHub([{ id: 'acme/once', files: { 'a.txt': 5, 'model.gguf': 2_000_000 } }]);
    assert.equal((await hive(where, ['pull', 'hf:acme/once'], { env: at(own) })).code, 0);
    await own.stop();
    const again = await hive(where, ['pull', 'hf:acme/once'], { env: at(own) });
    assert.equal(again.code, 0, again.err);
    t.diagnostic(`second pull, process start to end: ${again.ms.toFixed(0)} ms`);
  });

  test('takes one quantisation and says which there are when it is wrong', async (t) => {
    const where = await home(t);
    const got = await hive(where, ['pull', 'acme/tiny:q8_0'], { env: at(hub) });
    assert.equal(got.code, 0, got.err);
    const path = (await hive(where, ['path', 'acme/tiny:q8_0'])).out.trim();
    assert.match(path, /tiny-Q8_0\.gguf$/);
    assert.equal(await sha256Of(path), hub.repos['acme/tiny'].files['tiny-Q8_0.gguf'].sha256);
    const wrong = await hive(where, ['pull', 'acme/tiny:Q2_K'], { env: at(hub) });
    assert.equal(wrong.code, 3, wrong.err);
    assert.match(wrong.err, /Q4_K_M/);
  });

  test('takes a dataset, a pinned commit, and include and exclude globs', async (t) => {
    const where = await home(t);
    const rows = await hive(where, ['pull', 'hf:datasets/acme/rows'], { env: at(hub) });
    assert.equal(rows.code, 0, rows.err);
    await sameAsHub(join(where, 'hub/datasets--acme--rows/snapshots', hub.repos['acme/rows'].commit), 'acme/rows', ['data/train.parquet']);
    const { commit } = hub.repos['acme/tiny'];
    const some = await hive(where, ['pull', `hf:acme/tiny@${commit}`, '--include', '*.json', '--exclude', 'tok*'], { env: at(hub) });
    assert.equal(some.code, 0, some.err);
    assert.deepEqual(await readdir(join(where, 'hub/models--acme--tiny/snapshots', commit)), ['config.json']);
  });

  test('a gated repository needs a token, which goes to the Hub and nowhere else', async (t) => {
    const where = await home(t);
    const refused = await hive(where, ['pull', 'hf:acme/gated'], { env: at(hub) });
    assert.equal(refused.code, 4, refused.err);
    assert.match(refused.err, /acme\/gated/);
    const flag = await hive(where, ['pull', 'hf:acme/gated', '--token', token], { env: at(hub) });
    assert.equal(flag.code, 0, flag.err);
    const second = await home(t);
    const variable = await hive(second, ['pull', 'hf:acme/gated'], { env: { ...at(hub), HF_TOKEN: token } });
    assert.equal(variable.code, 0, variable.err);
    const third = await home(t);
    await writeFile(join(third, 'token'), `${token}\n`);
    const file = await hive(third, ['pull', 'hf:acme/gated'], { env: { ...at(hub), HF_TOKEN_PATH: join(third, 'token') } });
    assert.equal(file.code, 0, file.err);
    const log = await hub.log();
    assert.ok(log.some(([server, , , , , , auth]) => server === 'hub' && auth === `Bearer ${token}`));
    assert.deepEqual(log.filter(([server, , , , , , auth]) => server === 'cdn' && auth !== '-'), []);
    for (const said of [refused, flag, variable, file]) assert.ok(!(said.out + said.err).includes(token), 'the token is never printed');
  });

  test('says which of repository and revision is missing, with exit code 3 or 4', async (t) => {
    const where = await home(t);
    const repo = await hive(where, ['pull', 'hf:acme/nothing'], { env: at(hub) });
    assert.ok([3, 4].includes(repo.code), repo.err);
    assert.match(repo.err, /acme\/nothing/);
    const revision = await hive(where, ['pull', 'hf:acme/tiny@nope'], { env: at(hub) });
    assert.equal(revision.code, 3, revision.err);
    assert.match(revision.err, /nope/);
  });
});

describe('jobs of a node', () => {
  test('two pulls of one artifact at once are one transfer', async (t) => {
    const where = await home(t);
    const node = await serve(where, { env: at(slow) });
    t.after(() => node.kill());
    const [a, b] = await Promise.all([submit(node.url, 'hf:acme/slow'), submit(node.url, 'hf:acme/slow')]);
    assert.notEqual(a.id, b.id);
    const ends = await Promise.all([until(node.url, a.id), until(node.url, b.id)]);
    assert.deepEqual(ends.map((j) => j.state), ['succeeded', 'succeeded']);
    const sent = (await slow.log()).filter(([server]) => server === 'cdn').reduce((sum, line) => sum + Number(line[4]), 0);
    assert.ok(sent <= (64 << 20) * 1.01, `${sent} bytes for one file of ${64 << 20}`);
  });

  test('cancel keeps the partial, and the next pull fetches only the rest', async (t) => {
    const where = await home(t);
    const node = await serve(where, { env: at(slow) });
    t.after(() => node.kill());
    const first = await submit(node.url, 'hf:acme/slow');
    await until(node.url, first.id, (j) => j.progress.received > (24 << 20));
    assert.equal((await call(node.url, 'POST', `/v1/jobs/${first.id}/cancel`, { purge: false })).status, 202);
    assert.equal((await until(node.url, first.id)).state, 'cancelled');
    assert.equal((await call(node.url, 'POST', `/v1/jobs/${first.id}/cancel`, {})).status, 202, 'repeating a cancel');
    const before = (await slow.log()).length;
    const second = await submit(node.url, 'hf:acme/slow');
    assert.equal((await until(node.url, second.id)).state, 'succeeded');
    const sent = (await slow.log()).slice(before).filter(([server]) => server === 'cdn').reduce((sum, line) => sum + Number(line[4]), 0);
    assert.ok(sent < (48 << 20), `${sent} bytes after a resume at 24 MiB of 64`);
    assert.equal((await call(node.url, 'DELETE', `/v1/jobs/${second.id}`)).status, 409, 'it has succeeded');
  });

  test('cancel with purge leaves nothing', async (t) => {
    const where = await home(t);
    const node = await serve(where, { env: at(slow) });
    t.after(() => node.kill());
    const one = await submit(node.url, 'hf:acme/slow');
    await until(node.url, one.id, (j) => j.progress.received > (4 << 20));
    await call(node.url, 'POST', `/v1/jobs/${one.id}/cancel`, { purge: true });
    assert.equal((await until(node.url, one.id)).state, 'cancelled');
    assert.deepEqual(await readdir(join(where, 'partial')), []);
  });

  test('the event stream tells the whole story, in order, and resumes without loss or repeat', async (t) => {
    const where = await home(t);
    const node = await serve(where, { env: at(slow) });
    t.after(() => node.kill());
    const one = await submit(node.url, 'hf:acme/slow');
    const all = await events(node.url, `/v1/jobs/${one.id}/events`);
    const ids = all.map((e) => e.id);
    assert.deepEqual(ids, [...new Set(ids)].sort((x, y) => x - y), 'sequence numbers grow');
    assert.equal(all.at(-1).event, 'end');
    assert.equal((all.at(-1).data.job?.state ?? all.at(-1).data.state), 'succeeded');
    const progress = all.filter((e) => e.event === 'progress').map((e) => e.data);
    assert.ok(progress.length >= 2);
    for (let i = 1; i < progress.length; i++) {
      assert.ok(progress[i].durable >= progress[i - 1].durable, 'durable never decreases');
      assert.ok(progress[i].received >= progress[i - 1].received, 'received never decreases');
    }
    for (const key of ['received', 'durable', 'verified', 'discarded', 'total', 'rate', 'eta_s', 'files']) assert.ok(key in progress[0], key);
    const kept = all.filter((e) => e.event !== 'progress');
    const middle = kept[Math.floor(kept.length / 2)].id;
    const rest = await events(node.url, `/v1/jobs/${one.id}/events`, { 'Last-Event-ID': String(middle) });
    assert.deepEqual(rest.filter((e) => e.event !== 'progress').map((e) => e.id), kept.map((e) => e.id).filter((id) => id > middle));
  });

  test('SIGTERM in the middle loses nothing: the job goes on after the next start', async (t) => {
    const where = await home(t);
    const first = await serve(where, { env: at(slow) });
    const one = await submit(first.url, 'hf:acme/slow');
    await until(first.url, one.id, (j) => j.progress.received > (16 << 20));
    const how = await first.stop();
    assert.equal(how.code, 0, first.said());
    const second = await serve(where, { env: at(slow) });
    t.after(() => second.kill());
    assert.equal((await until(second.url, one.id)).state, 'succeeded');
  });

  test('Ctrl-C cancels the job, keeps the partial and exits 130', async (t) => {
    const where = await home(t);
    const got = await hive(where, ['pull', 'hf:acme/slow'], {
      env: at(slow),
      onStart: (child) => child.stdout.on('data', (d) => { if (/^[1-9]\d*%/m.test(d)) child.kill('SIGINT'); }),
    });
    assert.equal(got.code, 130, got.err + got.out);
    assert.ok((await readdir(join(where, 'partial'))).length > 0);
  });
});
