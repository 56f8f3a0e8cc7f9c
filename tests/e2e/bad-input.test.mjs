// What people and machines get wrong: each a clear message and the right code, and nothing lost.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { call, submit, until } from './support/api.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { startHub } from './support/hub.mjs';

let hub;
before(async () => { hub = await startHub([{ id: 'acme/tiny', files: { 'config.json': 311, 'model.gguf': 48 << 20 } }]); });
after(() => hub?.stop());

async function home(t) {
  const made = await temporary();
  t.after(made.remove);
  return made.path;
}
const env = () => ({ HF_ENDPOINT: hub.endpoint });

describe('on the command line', () => {
  for (const [name, args, code, says] of [
    ['an unknown scheme', ['pull', 'nope:acme/tiny'], 2, /nope/],
    ['half a reference', ['pull', 'hf:acme'], 2, /org\/repo|acme/],
    ['ftp', ['pull', 'ftp://example.org/x'], 2, /ftp/i],
    ['plain http to a stranger', ['pull', 'http://example.org/x.gguf'], 2, /https|sha256/],
    ['an unknown command', ['frobnicate'], 2, /frobnicate/],
    ['an unknown flag', ['pull', '--frob', 'hf:a/b'], 2, /frob/],
    ['a rate that is none', ['pull', '--max-rate', 'fast', 'hf:a/b'], 2, /fast/],
    ['something not here', ['path', 'hf:acme/other'], 3, /acme\/other/],
    ['jobs without a node', ['jobs'], 6, /serve/],
  ]) {
    test(`${name} is told`, async (t) => {
      const got = await hive(await home(t), args, { env: env() });
      assert.equal(got.code, code, got.out + got.err);
      assert.match(got.err, says);
    });
  }

  test('a home that cannot be written', { skip: process.getuid() === 0 && 'root writes everywhere' }, async (t) => {
    const where = await home(t);
    await chmod(where, 0o500);
    const got = await hive(where, ['pull', 'hf:acme/tiny'], { env: env() });
    await chmod(where, 0o700);
    assert.equal(got.code, 1);
  });

  test('a home that is a file', async (t) => {
    const where = join(await home(t), 'file');
    await writeFile(where, 'x');
    const got = await hive(where, ['pull', 'hf:acme/tiny'], { env: env() });
    assert.notEqual(got.code, 0);
    assert.ok(got.err.includes(where), got.err);
    assert.equal(await readFile(where, 'utf8'), 'x');
  });

  test('a port in use, and a home in use, name the holder', async (t) => {
    const where = await home(t);
    const holder = createServer().listen(0, '127.0.0.1');
    t.after(() => holder.close());
    await new Promise((up) => holder.on('listening', up));
    const { port } = holder.address();
    const taken = await hive(where, ['serve', '--listen', `127.0.0.1:${port}`], { timeout: 20_000 });
    assert.equal(taken.code, 1, taken.err);
    assert.match(taken.err, new RegExp(String(port)));
    const node = await serve(where, { env: env() });
    t.after(() => node.kill());
    const second = await hive(where, ['serve', '--listen', '127.0.0.1:0'], { timeout: 20_000 });
    assert.notEqual(second.code, 0);
    assert.match(second.err, new RegExp(String(node.pid)));
  });

  test('a damaged database: said, with how to go on, and the blobs are not fetched again', async (t) => {
    const where = await home(t);
    assert.equal((await hive(where, ['pull', 'hf:acme/tiny'], { env: env() })).code, 0);
    await writeFile(join(where, 'hive.db'), Buffer.alloc(65536, 'damage'));
    const got = await hive(where, ['ls'], { env: env() });
    assert.notEqual(got.code, 0);
    assert.match(got.err, /hive\.db/);
    execFileSync('sh', ['-c', 'mkdir aside && mv hive.db* aside'], { cwd: where });
    const before = (await hub.log()).filter(([server]) => server === 'cdn').length;
    const again = await hive(where, ['pull', 'hf:acme/tiny'], { env: env() });
    assert.equal(again.code, 0, again.err);
    assert.equal((await hub.log()).filter(([server]) => server === 'cdn').length, before, 'no file was fetched again');
  });
});

describe('through the API', () => {
  let node, where;
  before(async () => { where = await temporary(); node = await serve(where.path, { env: env() }); });
  after(async () => { await node?.stop(); await where?.remove(); });
  const post = (body, headers) => call(node.url, 'POST', '/v1/jobs', body, headers);

  for (const [name, body, status, says] of [
    ['malformed JSON', '{"kind":"pull",', 400, /JSON/i],
    ['an unknown field', { kind: 'pull', ref: 'hf:a/b', colour: 'red' }, 400, /colour/],
    ['a field of the wrong type', { kind: 'pull', ref: 7 }, 400, /ref/],
    ['no reference', { kind: 'pull' }, 400, /ref/],
    ['an unknown scheme', { kind: 'pull', ref: 'zip:x' }, 400, /zip/],
    ['an unknown kind', { kind: 'push', ref: 'hf:a/b' }, 400, /kind|push/],
    ['a hostile depth', '['.repeat(100_000), 400, /./],
  ]) {
    test(`${name} is a 400 that names it, and nothing is stored`, async () => {
      const got = await post(body);
      assert.equal(got.status, status, got.text);
      assert.match(got.headers.get('content-type'), /application\/problem\+json/);
      assert.match(got.json.detail, says);
      assert.ok(got.json.code && got.json.hint !== undefined);
      assert.deepEqual((await call(node.url, 'GET', '/v1/jobs')).json.jobs, []);
    });
  }

  test('2 MiB of body are a 413', async () => {
    assert.equal((await post('x'.repeat(2 << 20))).status, 413);
  });

  test('unknown routes, wrong methods, unknown jobs', async () => {
    assert.equal((await call(node.url, 'GET', '/v1/nothing')).status, 404);
    const method = await call(node.url, 'PUT', '/v1/jobs', {});
    assert.equal(method.status, 405);
    assert.match(method.headers.get('allow'), /POST/);
    assert.equal((await call(node.url, 'GET', '/v1/jobs/01ARZ3NDEKTSV4RRFFQ69G5FAV')).status, 404);
    assert.equal((await call(node.url, 'POST', '/v1/jobs/01ARZ3NDEKTSV4RRFFQ69G5FAV/cancel', {})).status, 404);
  });

  test('another site may not steer a node through a browser', async () => {
    const got = await post({ kind: 'pull', ref: 'hf:acme/tiny' }, { Origin: 'https://evil.example' });
    assert.ok([401, 403].includes(got.status), got.text);
  });

  test('a missing repository fails its job with what to do, and the node goes on', async () => {
    const one = await submit(node.url, 'hf:acme/absent');
    const end = await until(node.url, one.id);
    assert.equal(end.state, 'failed');
    assert.match(end.error.detail, /acme\/absent/);
    assert.ok(end.error.hint.length > 0);
    const good = await submit(node.url, 'hf:acme/tiny');
    assert.equal((await until(node.url, good.id)).state, 'succeeded');
  });
});

test('a node bound to more than loopback wants its token', async (t) => {
  const where = await home(t);
  const node = await serve(where, { env: env(), listen: '0.0.0.0:0' });
  t.after(() => node.kill());
  assert.equal((await call(node.url, 'GET', '/v1/jobs')).status, 401);
  assert.equal((await call(node.url, 'GET', '/v1/jobs', undefined, { Authorization: 'Bearer wrong' })).status, 401);
  assert.equal((await call(node.url, 'GET', '/healthz')).status, 200);
  const token = (await readFile(join(where, 'node/api-token'), 'utf8')).trim();
  assert.equal((await call(node.url, 'GET', '/v1/jobs', undefined, { Authorization: `Bearer ${token}` })).status, 200);
});
