// Releases of GitHub, as a user pulls them.
import assert from 'node:assert/strict';
import { chmod, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createHash } from 'node:crypto';
import { call, events, submit, until } from './support/api.mjs';
import { startGithub, token } from './support/github.mjs';
import { hive, serve, temporary } from './support/hive.mjs';

const sums = (files) => Buffer.from(Object.entries(files).map(([name, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`).join(''));
const old = { 'old.bin': Buffer.alloc(5000, 'o'), 'older.bin': Buffer.alloc(6000, 'p') };
let github;

before(async () => {
  github = await startGithub({
    'acme/models': { releases: [
      { tag: 'v1.0', files: { 'model.gguf': 9_000_001, 'notes.txt': 30, 'extra.zip': 100 } },
      { tag: 'v0.1', files: {
        'old.bin': { bytes: old['old.bin'], digest: false }, 'older.bin': { bytes: old['older.bin'], digest: false },
        SHA256SUMS: { bytes: sums({ 'old.bin': old['old.bin'] }), digest: false },
      } },
      { tag: 'v2.0', files: { 'model.gguf': 9_500_000, 'x.gguf.part1of2': 3_000_000, 'x.gguf.part2of2': 1_000_000, 'half.zip': { size: 9, state: 'open' } } },
      { tag: 'v3.0-rc1', prerelease: true, files: { 'model.gguf': 100 } },
    ] },
    'acme/rc': { releases: [{ tag: 'v1-rc', prerelease: true, files: { 'a.bin': 1 } }] },
    'acme/secret': { private: true, releases: [{ tag: 'v1', files: { 'weights.bin': 20_000_000 } }] },
    'acme/bad': { releases: [{ tag: 'v1', files: { 'a.bin': { bytes: Buffer.from('right'), digest: false }, 'a.bin.sha256': Buffer.from(`${'0'.repeat(64)}\n`) } }] },
  });
});
after(() => github?.stop());

async function home(t) {
  const made = await temporary();
  t.after(made.remove);
  return made.path;
}
const assertSame = async (file, bytes) => assert.ok((await readFile(file)).equals(bytes), file);
const pull = (where, ref, args = [], env = {}) => hive(where, ['pull', ref, ...args], { env: github.env(env) });
const blob = (where, { sha256 }) => readFile(join(where, 'blobs/sha256', sha256.slice(0, 2), sha256));

async function here(where, repo, tag, names) {
  for (const name of names) {
    const one = github.file(repo, tag, name);
    assert.ok((await blob(where, one)).equals(await github.bytesOf(one)), name);
  }
}

describe('gh:', () => {
  test('without a tag it is the newest release that is no pre-release', async (t) => {
    const where = await home(t);
    const before = github.asked.length;
    const got = await pull(where, 'gh:acme/models:model.gguf');
    assert.equal(got.code, 0, got.err);
    await here(where, 'acme/models', 'v2.0', ['model.gguf']);
    const api = github.asked.slice(before).filter((one) => one.server === 'api');
    assert.equal(api.length, 1, 'one request of the quota');
    const path = await hive(where, ['path', 'gh:acme/models:model.gguf']);
    assert.match(path.out, /model\.gguf\n$/);
    const shown = await hive(where, ['show', 'gh:acme/models']);
    assert.match(shown.out, /revision +v2\.0~[0-9a-f]{16}/);
    assert.match(shown.out, /asked as +latest/);
    assert.doesNotMatch(shown.out, /first sight/);
  });

  test('a tag and a pattern choose, and nothing is asked again for what is here', async (t) => {
    const where = await home(t);
    assert.equal((await pull(where, 'gh:acme/models@v1.0:*.txt')).code, 0);
    await here(where, 'acme/models', 'v1.0', ['notes.txt']);
    const all = await pull(where, 'gh:acme/models@v1.0', ['--exclude', '*.zip']);
    assert.equal(all.code, 0, all.err);
    await here(where, 'acme/models', 'v1.0', ['notes.txt', 'model.gguf']);
    const before = github.asked.length;
    assert.equal((await pull(where, 'gh:acme/models@v1.0:*.txt')).code, 0);
    assert.equal(github.asked.length, before);
  });

  test('a digest the API lacks comes from SHA256SUMS; what has none is said to be trusted', async (t) => {
    const where = await home(t);
    const got = await pull(where, 'gh:acme/models@v0.1:old*.bin');
    assert.equal(got.code, 0, got.err);
    assert.match(got.out, /digests of 1 file come from SHA256SUMS/);
    assert.match(got.out, /no digest is published for 1 file of 2/);
    const shown = await hive(where, ['show', 'gh:acme/models@v0.1']);
    assert.match(shown.out, /digests +of 1 of 2 files recorded at first sight/);
    const full = JSON.parse((await hive(where, ['show', '--json', 'gh:acme/models@v0.1'])).out);
    assert.deepEqual(full.files.map((f) => [f.path, f.first_sight]), [['old.bin', false], ['older.bin', true]]);
    const known = await home(t);
    assert.doesNotMatch((await pull(known, 'gh:acme/models@v0.1:old.bin')).out, /no digest/);
  });

  test('a file that is not what its checksum file says is refused with exit code 5', async (t) => {
    const where = await home(t);
    const got = await pull(where, 'gh:acme/bad:a.bin');
    assert.equal(got.code, 5, got.err);
    assert.match(got.err, /a\.bin/);
    assert.deepEqual(await readdir(join(where, 'blobs/sha256')).catch(() => []), []);
  });

  test('a file that was cut comes whole, and how to join it is said', async (t) => {
    const where = await home(t);
    const got = await pull(where, 'gh:acme/models:x.gguf');
    assert.equal(got.code, 0, got.err);
    await here(where, 'acme/models', 'v2.0', ['x.gguf.part1of2', 'x.gguf.part2of2']);
    assert.match(got.out, /cat x\.gguf\.part1of2 x\.gguf\.part2of2 > x\.gguf/);
  });

  test('a private repository needs a token, which goes to the API and nowhere else', async (t) => {
    const where = await home(t);
    const refused = await pull(where, 'gh:acme/secret');
    assert.equal(refused.code, 3, refused.err);
    assert.match(refused.err, /acme\/secret is not at .*or it is private/);
    assert.match(refused.err, /GH_TOKEN/);
    const before = github.asked.length;
    for (const [args, env] of [[['--token', token], {}], [[], { GH_TOKEN: token }], [[], { GITHUB_TOKEN: token }], [[], { GH_TOKEN: token, GITHUB_TOKEN: 'wrong' }]]) {
      const own = await home(t);
      const got = await pull(own, 'gh:acme/secret', args, env);
      assert.equal(got.code, 0, got.err);
      await here(own, 'acme/secret', 'v1', ['weights.bin']);
      assert.ok(!(got.out + got.err).includes(token));
    }
    const asked = github.asked.slice(before);
    assert.ok(asked.filter((one) => one.server === 'api').every((one) => one.authorization === `Bearer ${token}`));
    assert.ok(asked.filter((one) => one.server !== 'api').every((one) => one.authorization === undefined));
    const bad = await pull(await home(t), 'gh:acme/secret', ['--token', 'ghp_wrong']);
    assert.equal(bad.code, 4, bad.err);
    assert.match(bad.err, /token given is wrong or expired/);
  });

  test('wrong names say which and what there is', async (t) => {
    const where = await home(t);
    for (const [ref, code, said] of [
      ['gh:acme/nothing', 3, /gh:acme\/nothing is not at/],
      ['gh:acme/models@v9', 3, /no release with the tag 'v9'[^]*v3\.0-rc1, v2\.0/],
      ['gh:acme/rc', 3, /only pre-releases: v1-rc[^]*gh:acme\/rc@v1-rc/],
      ['gh:acme/models@v2.0:*.rpm', 3, /model\.gguf/],
      ['gh:acme/models@v2.0:half.zip', 3, /half\.zip/],
      ['gh:acme', 2, /owner\/repo/],
    ]) {
      const got = await pull(where, ref);
      assert.equal(got.code, code, `${ref}: ${got.err}`);
      assert.match(got.err, said);
    }
  });

  test('a file that vanished between list and fetch says so', async (t) => {
    const where = await home(t);
    const one = github.file('acme/models', 'v1.0', 'extra.zip');
    one.gone = true;
    t.after(() => { one.gone = false; });
    const got = await pull(where, 'gh:acme/models@v1.0:extra.zip');
    assert.equal(got.code, 3, got.err);
    assert.match(got.err, /gh:acme\/models no longer has this file/);
  });

  test('a moved tag shows with ls --check, and --update brings what is new', async (t) => {
    const own = await startGithub({ 'acme/m': { releases: [{ tag: 'v1', files: { 'a.bin': 100 } }, { tag: 'v2', prerelease: true, files: { 'a.bin': 200 } }] } });
    t.after(own.stop);
    const where = await home(t);
    const env = own.env();
    assert.equal((await hive(where, ['pull', 'gh:acme/m'], { env })).code, 0);
    assert.doesNotMatch((await hive(where, ['ls', '--check'], { env })).out, /newer/);
    own.release('acme/m', 'v2').prerelease = false;
    const blobOf = ({ sha256 }) => join(where, 'blobs/sha256', sha256.slice(0, 2), sha256);
    const first = own.file('acme/m', 'v1', 'a.bin');
    await chmod(blobOf(first), 0o644);
    await writeFile(blobOf(first), 'spoiled');
    const mended = await hive(where, ['verify', 'gh:acme/m'], { env });
    assert.equal(mended.code, 0, `what is here is mended from its own release: ${mended.err}`);
    await assertSame(blobOf(first), await own.bytesOf(first));
    assert.match((await hive(where, ['ls', '--check'], { env })).out, /newer: v2~/);
    assert.equal((await hive(where, ['pull', '--update', 'gh:acme/m'], { env })).code, 0);
    assert.match((await hive(where, ['show', 'gh:acme/m@v2'], { env })).out, /200 B/);
  });
});

test('a quota that is used up makes the job wait until it opens', async (t) => {
  const own = await startGithub({ 'acme/m': { releases: [{ tag: 'v1', files: { 'a.bin': 100 } }] } }, { quota: 0 });
  t.after(own.stop);
  const node = await serve(await home(t), { env: own.env() });
  t.after(() => node.kill());
  const one = await submit(node.url, 'gh:acme/m');
  const now = await until(node.url, one.id, (j) => j.state === 'waiting');
  const seconds = (new Date(now.until) - Date.now()) / 1000;
  assert.ok(seconds > 280 && seconds < 310, `${seconds} s`);
  assert.match(now.cause, /rate_limited|too many requests|slow down/);
  await call(node.url, 'POST', `/v1/jobs/${one.id}/cancel`, {});
});

test('a link that ends in the middle is asked for anew, and nothing comes twice', { timeout: 120_000 }, async (t) => {
  // hive asks again a minute before the end that the link itself tells.
  const own = await startGithub({ 'acme/m': { releases: [{ tag: 'v1', files: { 'a.bin': 96 << 20 } }] } }, { life: 63, rate: 1 << 20 });
  t.after(own.stop);
  const where = await home(t);
  const node = await serve(where, { env: own.env() });
  t.after(() => node.kill());
  const one = await submit(node.url, 'gh:acme/m');
  assert.equal((await until(node.url, one.id, undefined, 100)).state, 'succeeded');
  const links = own.asked.filter(({ server, path }) => server === 'web' && path.endsWith('a.bin'));
  assert.ok(links.length >= 3, `${links.length} links`);
  assert.equal(own.asked.filter(({ server, status }) => server === 'storage' && status === 403).length, 0);
  assert.equal(own.asked.filter(({ server }) => server === 'api').length, 1, 'no quota is spent on that');
  const told = await events(node.url, `/v1/jobs/${one.id}/events`);
  assert.ok(told.some((e) => e.data.action === 'link-refreshed'));
  assert.ok(await own.sent() < (96 << 20) * 1.1);
});
