// What is kept and what is cleaned up, as a user sees it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { call, submit, until } from './support/api.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { movingHub } from './support/moving-hub.mjs';

async function home(t) {
  const made = await temporary();
  t.after(made.remove);
  return made.path;
}
const at = (hub) => ({ HF_ENDPOINT: hub.endpoint });
const good = (got) => { assert.equal(got.code, 0, got.err + got.out); return got; };
const json = (got) => JSON.parse(good(got).out);
const list = async (where) => json(await hive(where, ['ls', '--json'])).artifacts;
const folder = async (where, name, files) => {
  const path = join(where, name);
  await mkdir(path, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) {
    await mkdir(join(path, file, '..'), { recursive: true });
    await writeFile(join(path, file), bytes);
  }
  return path;
};

describe('a branch that moves', () => {
  const [config, tokenizer, weights] = [Buffer.from('{"v":1}'), randomBytes(9_000), randomBytes(3_000_000)];

  test('--update fetches only what changed, keeps the old revision until gc, and gc frees just that', async (t) => {
    const where = await home(t);
    const hub = await movingHub(t, 'acme/moving', { 'config.json': config, 'tokenizer.json': tokenizer, 'model.bin': weights });
    const old = hub.commit;
    good(await hive(where, ['pull', 'hf:acme/moving'], { env: at(hub) }));
    assert.deepEqual(hub.fetched(), ['config.json', 'model.bin', 'tokenizer.json']);

    const fresh = hub.move({ 'config.json': Buffer.from('{"v":22}'), 'tokenizer.json': tokenizer, 'model.bin': weights });
    good(await hive(where, ['pull', 'hf:acme/moving'], { env: at(hub) }));
    assert.deepEqual(hub.asked, [], 'without --update nobody is asked');
    good(await hive(where, ['pull', '--update', 'hf:acme/moving'], { env: at(hub) }));
    assert.deepEqual(hub.fetched(), ['config.json']);

    const snapshots = join(where, 'hub/models--acme--moving/snapshots');
    assert.deepEqual((await readdir(snapshots)).sort(), [old, fresh].sort());
    assert.equal(await readFile(join(snapshots, old, 'config.json'), 'utf8'), '{"v":1}');
    assert.equal(await readFile(join(snapshots, fresh, 'config.json'), 'utf8'), '{"v":22}');
    assert.equal(await readFile(join(where, 'hub/models--acme--moving/refs/main'), 'utf8'), fresh);
    assert.equal((await hive(where, ['path', 'hf:acme/moving'])).out.trim(), join(snapshots, fresh));
    assert.equal((await list(where)).length, 2);

    const plan = json(await hive(where, ['gc', '--dry-run', '--json']));
    assert.deepEqual(plan.removed.map((e) => [e.reason, e.revision, e.bytes]), [['superseded', old, 7]]);
    assert.equal((await readdir(snapshots)).length, 2, 'a dry run changes nothing');
    const told = good(await hive(where, ['gc']));
    assert.match(told.out, /superseded/);
    assert.match(told.out, /freed 7 B/);
    assert.deepEqual(await readdir(snapshots), [fresh]);
    assert.deepEqual((await list(where)).map((a) => a.revision), [fresh]);
    assert.equal((await readFile(join(snapshots, fresh, 'model.bin'))).equals(weights), true);
    assert.match(good(await hive(where, ['gc'])).out, /freed 0 B/);
  });
});

describe('hive ls --check', () => {
  test('says which branches have moved, asks once for each, and fetches nothing', async (t) => {
    const where = await home(t);
    const hub = await movingHub(t, 'acme/moving', { 'a.txt': Buffer.from('1'), 'b.txt': Buffer.from('2') });
    for (const ref of ['hf:acme/moving', 'hf:acme/moving:a.txt']) good(await hive(where, ['pull', ref], { env: at(hub) }));
    const check = async (...more) => good(await hive(where, ['ls', '--check', ...more], { env: at(hub) })).out;
    assert.doesNotMatch(await check(), /newer/);
    const fresh = hub.move({ 'a.txt': Buffer.from('11') });
    hub.asked.length = 0;
    assert.equal((await check()).split(`(newer: ${fresh.slice(0, 12)})`).length, 3);
    assert.equal(hub.asked.filter((p) => p.includes('/revision/')).length, 1);
    assert.deepEqual(hub.fetched(), []);
    assert.deepEqual(JSON.parse(await check('--json')).artifacts.map((a) => a.newest), [fresh, fresh]);
    const path = await folder(where, 'in', { 'x.bin': 'x' });
    good(await hive(where, ['import', path]));
    good(await hive(where, ['import', path, '--as', 'hf:acme/unknown']));
    const trouble = await hive(where, ['ls', '--check'], { env: at(hub) });
    assert.equal(trouble.code, 3, trouble.err);
    assert.match(trouble.err, /hf:acme\/unknown/);
    assert.match(trouble.out, /newer/);
  });
});

describe('pins, budgets and last uses', () => {
  async function stocked(t) {
    const where = await home(t);
    for (const [name, size] of [['a', 1_000_000], ['b', 2_000_000], ['c', 3_000_000]]) {
      const path = await folder(where, `in/${name}`, { 'model.bin': randomBytes(size), 'shared.bin': Buffer.alloc(500_000, 1) });
      good(await hive(where, ['import', path, '--as', `hf:acme/${name}`]));
    }
    return where;
  }

  test('a pin holds against rm and gc, and is shown', async (t) => {
    const where = await stocked(t);
    good(await hive(where, ['pin', 'hf:acme/a', 'hf:acme/c']));
    assert.match((await hive(where, ['ls'])).out, /hf:acme\/a \(pinned\)/);
    assert.match((await hive(where, ['show', 'hf:acme/a'])).out, /pinned +yes/);
    const refused = await hive(where, ['rm', 'hf:acme/a']);
    assert.equal(refused.code, 4, refused.err);
    assert.match(refused.err, /pinned[\s\S]*hive unpin/);
    const report = json(await hive(where, ['gc', '--budget', '1M', '--json']));
    assert.deepEqual(report.removed.map((e) => [e.ref, e.bytes]), [['hf:acme/b', 2_000_000]]);
    assert.deepEqual(report.kept.map((e) => e.reason), ['pinned', 'pinned']);
    assert.equal(report.left, 4_500_000);
    assert.equal(report.over_budget, 3_500_000);
    good(await hive(where, ['unpin', 'hf:acme/a']));
    assert.match(good(await hive(where, ['rm', 'hf:acme/a'])).out, /1 MB freed|1\.00 MB freed/);
    assert.equal((await hive(where, ['pin', 'hf:acme/nothing'])).code, 3);
  });

  test('a budget takes what was used longest ago, and a use moves it to the end of the line', async (t) => {
    const where = await stocked(t);
    assert.deepEqual((await list(where)).map((a) => a.last_used_at), [null, null, null]);
    good(await hive(where, ['path', 'hf:acme/a']));
    assert.ok((await list(where)).find((a) => a.ref === 'hf:acme/a').last_used_at, 'it outlives the process that noted it');
    const told = good(await hive(where, ['gc', '--dry-run', '--budget', '5M']));
    assert.match(told.out, /hf:acme\/b/);
    assert.doesNotMatch(told.out, /hf:acme\/a/);
    const report = json(await hive(where, ['gc', '--json'], { env: { HIVE_STORE_BUDGET: '2M' } }));
    assert.deepEqual(report.removed.map((e) => e.ref), ['hf:acme/b', 'hf:acme/c']);
    assert.equal(report.freed, 5_000_000);
    assert.equal(report.left, 1_500_000);
    assert.match((await hive(where, ['doctor'], { env: { HIVE_STORE_BUDGET: '2M' } })).out, /store_budget +2000000/);
    const wrong = await hive(where, ['gc', '--budget', 'much']);
    assert.equal(wrong.code, 2, wrong.err);
    assert.match(wrong.err, /--budget/);
  });

  test('a running node counts what it serves as used', async (t) => {
    const where = await stocked(t);
    const node = await serve(where);
    t.after(() => node.kill());
    const use = async (ref) => (await call(node.url, 'GET', '/v1/artifacts')).json.artifacts.find((a) => a.ref === ref).last_used_at;
    assert.equal(await use('hf:acme/b'), null);
    const { revision } = (await list(where)).find((a) => a.ref === 'hf:acme/b');
    assert.equal((await fetch(`${node.url}/acme/b/resolve/${revision}/model.bin`, { headers: { range: 'bytes=0-9' } })).status, 206);
    assert.ok(await use('hf:acme/b'));
    assert.equal(await use('hf:acme/a'), null);
    await node.stop();
    assert.ok((await list(where)).find((a) => a.ref === 'hf:acme/b').last_used_at, 'it was written at the stop');
  });

  test('bytes nobody holds go after a day', async (t) => {
    const where = await home(t);
    const node = await serve(where);
    t.after(() => node.kill());
    const sha = 'ab'.repeat(32);
    const blob = join(where, 'blobs/sha256/ab', sha);
    await mkdir(join(where, 'blobs/sha256/ab'), { recursive: true });
    await writeFile(blob, 'nobody');
    const young = await call(node.url, 'POST', '/v1/gc');
    assert.deepEqual(young.json.kept.map((e) => [e.kind, e.id, e.reason]), [['content', sha, 'recent']]);
    const before = new Date(Date.now() - 90_000_000);
    await utimes(blob, before, before);
    assert.equal((await call(node.url, 'POST', '/v1/gc', {})).json.freed, 6);
    await assert.rejects(stat(blob));
  });
});

describe('an import', () => {
  test('of a folder takes every file, keeps the folders, and leaves the originals alone', async (t) => {
    const where = await home(t);
    const path = await folder(where, 'in', { 'config.json': '{}', 'sub/deep/näme.bin': 'abc', '.hidden': 'no' });
    good(await hive(where, ['import', path, '--as', 'hf:acme/mine']));
    const [a] = await list(where);
    assert.deepEqual([a.ref, a.source, a.file_count, a.bytes, a.health], ['hf:acme/mine', 'hf:acme/mine', 2, 5, 'ok']);
    const told = (await hive(where, ['path', 'hf:acme/mine', '--file', 'sub/deep/näme.bin'])).out.trim();
    assert.equal(await readFile(told, 'utf8'), 'abc');
    assert.equal(await readFile(join(path, 'sub/deep/näme.bin'), 'utf8'), 'abc');
    assert.equal((await stat(join(path, 'config.json'))).nlink, 1);
  });

  test('of what is missing or may not be read fails at once and says which', async (t) => {
    const where = await home(t);
    const user = process.getuid() === 0 ? 65534 : process.getuid();
    const path = await folder(where, 'in', { 'open.bin': 'abc', 'sub/closed.bin': 'abc' });
    await chmod(join(path, 'sub/closed.bin'), 0);
    await chown(where, user, user);
    const quick = async (args, code, says) => {
      const got = await hive(where, ['import', ...args], { user });
      assert.equal(got.code, code, got.err);
      assert.match(got.err, says);
      assert.ok(got.ms < 5_000, `it took ${got.ms} ms`);
    };
    await quick([join(path, 'nothing')], 3, /nothing does not exist/);
    await quick([join(path, 'sub/closed.bin')], 4, /closed\.bin may not be read/);
    await quick([path], 4, /sub\/closed\.bin may not be read/);
    await chmod(join(path, 'sub'), 0);
    await quick([path], 4, /in\/sub may not be read/);
    const node = await serve(where);
    t.after(() => node.kill());
    const { id } = await submit(node.url, `file:${path}/nothing`, { kind: 'import' });
    const ended = await until(node.url, id, undefined, 5);
    assert.deepEqual([ended.state, ended.error.code], ['failed', 'entry_missing']);
  });
});
