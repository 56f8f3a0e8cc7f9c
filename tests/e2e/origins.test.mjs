// Hubs that are reached or behave in uncommon ways.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { call, submit, until } from './support/api.mjs';
import { makeAuthority } from './support/certificates.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { startHub, token } from './support/hub.mjs';
import { commit, listening, smallHub } from './support/small-hub.mjs';

let authority, server;
before(async () => {
  authority = await makeAuthority();
  server = await authority.issue('server');
});
after(() => authority?.remove());

async function home(t) {
  const made = await temporary();
  t.after(made.remove);
  return made.path;
}

async function pull(t, endpoint, ref, env = {}) {
  const where = await home(t);
  const got = await hive(where, ['pull', ref], { env: { HF_ENDPOINT: endpoint, HIVE_CA_FILE: authority.file, ...env } });
  return { ...got, home: where };
}

const reachable = (address) => new Promise((resolve) => {
  const probe = createServer().listen(0, address, () => {
    const socket = connect(probe.address().port, address, () => { socket.destroy(); probe.close(() => resolve(true)); });
    socket.on('error', () => resolve(false));
  });
  probe.on('error', () => resolve(false));
});

test('an IPv6 address is an origin like any other, with and without TLS', async (t) => {
  if (!await reachable('::1')) return t.skip('no IPv6 here');
  for (const tls of [undefined, server]) {
    const six = await startHub([{ id: 'acme/six', files: { 'config.json': 20, 'model.gguf': 3_000_000 } }], { tls, host: '[::1]', cdnHost: '[::1]', address: '[::1]' });
    t.after(six.stop);
    const got = await pull(t, six.endpoint, 'hf:acme/six');
    assert.equal(got.code, 0, got.err);
    assert.ok((await six.log()).some(([who]) => who === 'cdn'));
  }
});

describe('HTTP/2', () => {
  const files = { 'config.json': Buffer.from('{}'), 'model.bin': randomBytes(40_000_000) };
  const keys = async () => ({ key: await readFile(server.key), cert: await readFile(server.certificate) });

  test('is spoken with a server that speaks nothing else, which is asked for 1.1 only once', async (t) => {
    const hub = smallHub('acme/two', files);
    const secure = createSecureServer({ ...await keys(), allowHTTP1: false }, hub.handler);
    let refused = 0;
    secure.on('tlsClientError', () => { refused += 1; });
    const port = await listening(t, secure);
    const got = await pull(t, `https://127.0.0.1:${port}`, 'hf:acme/two');
    assert.equal(got.code, 0, got.err);
    assert.deepEqual([...new Set(hub.asked.map((one) => one.version))], ['2.0']);
    assert.equal(refused, 1);
    assert.deepEqual(await readFile(join(got.home, 'hub/models--acme--two/snapshots', commit, 'model.bin')), files['model.bin']);
  });

  test('is not spoken with a server that knows both', async (t) => {
    const hub = smallHub('acme/two', files);
    const secure = createSecureServer({ ...await keys(), allowHTTP1: true }, hub.handler);
    const port = await listening(t, secure);
    const got = await pull(t, `https://127.0.0.1:${port}`, 'hf:acme/two');
    assert.equal(got.code, 0, got.err);
    assert.deepEqual([...new Set(hub.asked.map((one) => one.version))], ['1.1']);
  });
});

test('files that come compressed although they were asked for as they are get refused, and nothing is kept', async (t) => {
  const files = { 'config.json': Buffer.from('{"a":1}'.repeat(1000)) };
  for (const part of ['/resolve/', '/tree/']) {
    const hub = smallHub('acme/zip', files, (request, response, path) => {
      if (!path.includes(part)) return false;
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(files['config.json']));
      return true;
    });
    const got = await pull(t, `http://127.0.0.1:${await listening(t, createServer(hub.handler))}`, 'hf:acme/zip');
    assert.equal(got.code, 1, got.err);
    assert.match(got.err, /came encoded as gzip/);
    assert.match(got.err, /compresses what it passes on/);
    assert.equal(hub.asked.filter(({ path }) => path.includes(part)).length, 1, 'asking again would not help');
    assert.deepEqual(await readdir(join(got.home, 'hub')).catch(() => []), []);
  }
});

describe('a repository whose files alone are gated', () => {
  let hub;
  before(async () => { hub = await startHub([{ id: 'acme/pinned', gated: 'files', files: { 'config.json': 20, 'model.safetensors': 3_000_000 } }]); });
  after(() => hub?.stop());

  test('is refused at the first file as it would be at planning, also when pinned by commit', async (t) => {
    const { commit: pinned } = hub.repos['acme/pinned'];
    for (const ref of ['hf:acme/pinned', `hf:acme/pinned@${pinned}`, `hf:acme/pinned@${pinned}:*.safetensors`]) {
      const got = await pull(t, hub.endpoint, ref);
      assert.equal(got.code, 4, got.err);
      assert.match(got.err, /acme\/pinned is gated/);
      assert.match(got.err, new RegExp(`open ${hub.endpoint}/acme/pinned, accept its terms`));
      assert.match(got.err, /HF_TOKEN/);
    }
    const granted = await pull(t, hub.endpoint, `hf:acme/pinned@${pinned}`, { HF_TOKEN: token });
    assert.equal(granted.code, 0, granted.err);
  });
});

describe('how much a Hub is asked', () => {
  test('a repository of 200 files costs three questions and one per file', async (t) => {
    const files = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`part-${i}.json`, 20 + i]));
    const hub = await startHub([{ id: 'acme/many', files }]);
    t.after(hub.stop);
    const got = await pull(t, hub.endpoint, 'hf:acme/many');
    assert.equal(got.code, 0, got.err);
    const asked = (await hub.log()).map((line) => line[3]);
    const api = asked.filter((uri) => uri.startsWith('/api/models/'));
    assert.ok(api.length <= 3, api.join(' '));
    assert.equal(asked.filter((uri) => uri.includes('/resolve/')).length, 200);
  });

  test('a Hub that asks to be left alone is not asked again by other jobs, and they say until when', async (t) => {
    const hub = smallHub('acme/busy', { 'config.json': Buffer.from('{}') }, (request, response) => {
      response.writeHead(429, { ratelimit: '"api";r=0;t=300', 'ratelimit-policy': '"fixed window";"api";q=500;w=300' }).end();
      return true;
    });
    const port = await listening(t, createServer(hub.handler));
    const node = await serve(await home(t), { env: { HF_ENDPOINT: `http://127.0.0.1:${port}` } });
    t.after(() => node.kill());
    const waits = (j) => j.state === 'waiting';
    for (const ref of ['hf:acme/busy', 'hf:acme/other', 'hf:acme/third']) {
      const one = await submit(node.url, ref);
      const now = await until(node.url, one.id, waits);
      const seconds = (new Date(now.until) - Date.now()) / 1000;
      assert.ok(seconds > 280 && seconds < 310, `${seconds} s`);
      assert.match(now.cause, /rate_limited|slow down|left alone|too many/);
    }
    assert.equal(hub.asked.length, 1);
    assert.equal((await call(node.url, 'GET', '/healthz')).status, 200);
  });
});
