// Pulling from registries: Debian's docker-registry with models of Ollama's shape and OCI's, open and behind tokens.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { call, submit, until } from './support/api.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { interrupted } from './support/interrupted.mjs';
import { sha256, startRegistry, types, writeLogins } from './support/registry.mjs';
import { listening } from './support/small-hub.mjs';

const gguf = (size) => { const bytes = randomBytes(size); bytes.write('GGUF\x03\0\0\0', 0, 'latin1'); return bytes; };
const text = (words) => Buffer.from(words);

async function home(t) {
  const made = await temporary();
  t.after(made.remove);
  return made.path;
}

// The files of the artifact a pull printed the path of.
async function filesAt(where, ref, env = {}) {
  const shown = await hive(where, ['show', ref, '--json'], { env });
  assert.equal(shown.code, 0, shown.err);
  const { files, ...artifact } = JSON.parse(shown.out);
  const all = {};
  for (const { path } of files) all[path] = await readFile(join(where, 'files', artifact.id, path));
  return { all, artifact };
}

const model = gguf(9_000_000);
const large = gguf(48 << 20);
const ollamaLayers = [
  [types.ollama('model'), model],
  [types.ollama('license'), text('MIT')],
  [types.ollama('license'), text('and more')],
  [types.ollama('template'), text('{{ .Prompt }}')],
  [types.ollama('params'), text('{"stop":["x"]}')],
];

describe('an open registry', () => {
  let registry;
  before(async () => { registry = await startRegistry(); });
  after(() => registry?.stop());

  test('gives a model of Ollama\'s shape, byte for byte, with its manifest', async (t) => {
    const pushed = await registry.push('library/tiny', '1b', ollamaLayers);
    const where = await home(t);
    const ref = `ollama:${registry.host}/library/tiny:1b`;
    const got = await hive(where, ['pull', ref]);
    assert.equal(got.code, 0, got.err);
    const { all, artifact } = await filesAt(where, ref);
    assert.deepEqual(Object.keys(all).sort(), ['config.json', 'license', 'license-2', 'manifest.json', 'model.gguf', 'params.json', 'template']);
    assert.ok(all['model.gguf'].equals(model));
    assert.ok(all['manifest.json'].equals(pushed.bytes));
    assert.equal(all['license-2'].toString(), 'and more');
    assert.equal(artifact.revision, pushed.digest.slice(7));
    assert.equal(artifact.requested, '1b');
    const path = await hive(where, ['path', ref]);
    assert.match(path.out, /model\.gguf\n$/);
    const again = await hive(where, ['pull', ref]);
    assert.match(again.out + again.err, /already here/);
    const verified = await hive(where, ['verify', ref]);
    assert.equal(verified.code, 0, verified.err);
  });

  test('gives a model in OCI\'s shape by the names its maker gave, through an index', async (t) => {
    const weights = gguf(3_000_000);
    const filepath = (name) => ({ 'org.cncf.model.filepath': name });
    const pushed = await registry.copy('team/deep/model', 'raw', [
      ['application/vnd.cncf.model.weight.v1.raw', weights, filepath('weights/model.gguf')],
      ['application/vnd.cncf.model.weight.config.v1.raw', text('{"a":1}'), filepath('config.json')],
      ['application/vnd.cncf.model.doc.v1.raw', text('../'), filepath('../../README.md')],
    ], { artifactType: 'application/vnd.cncf.model.manifest.v1+json', config: text('{"descriptor":{}}') });
    await registry.putManifest('team/deep/model', 'v1', {
      schemaVersion: 2, mediaType: types.index, manifests: [
        { mediaType: types.oci, digest: pushed.digest, size: pushed.size, artifactType: 'application/vnd.cncf.model.manifest.v1+json' }],
    });
    const where = await home(t);
    const ref = `ollama:${registry.host}/team/deep/model:v1`;
    const got = await hive(where, ['pull', ref]);
    assert.equal(got.code, 0, got.err);
    const { all, artifact } = await filesAt(where, ref);
    assert.deepEqual(Object.keys(all).sort(), ['config-2.json', 'config.json', 'doc', 'manifest.json', 'weights/model.gguf']);
    assert.equal(all['config.json'].toString(), '{"a":1}');
    assert.ok(all['weights/model.gguf'].equals(weights));
    assert.equal(artifact.revision, pushed.digest.slice(7));
    const pinned = await hive(await home(t), ['pull', `ollama:${registry.host}/team/deep/model@${pushed.digest}`]);
    assert.equal(pinned.code, 0, pinned.err);
  });

  test('a tag that has moved is noticed, and an update keeps both', async (t) => {
    const where = await home(t);
    const ref = `ollama:${registry.host}/m/moving:latest`;
    const first = await registry.push('m/moving', 'latest', [[types.ollama('model'), gguf(100_000)], [types.ollama('license'), text('same')]]);
    assert.equal((await hive(where, ['pull', ref])).code, 0);
    const second = await registry.push('m/moving', 'latest', [[types.ollama('model'), gguf(200_000)], [types.ollama('license'), text('same')]]);
    const looked = await hive(where, ['ls', '--check']);
    assert.match(looked.out, new RegExp(`newer: ${second.digest.slice(7, 19)}`));
    const again = await hive(where, ['pull', ref]);
    assert.match(again.out + again.err, /already here/);
    const updated = await hive(where, ['pull', '--update', ref]);
    assert.equal(updated.code, 0, updated.err);
    const listed = JSON.parse((await hive(where, ['ls', '--json'])).out);
    const revisions = (listed.artifacts ?? listed).map((a) => a.revision).sort();
    assert.deepEqual(revisions, [first.digest.slice(7), second.digest.slice(7)].sort());
  });

  test('says what is missing: the name, the tag, or a part', async (t) => {
    const where = await home(t);
    await registry.push('m/there', 'latest', [[types.ollama('model'), gguf(1000)]]);
    const name = await hive(where, ['pull', `ollama:${registry.host}/m/nothing`]);
    assert.equal(name.code, 3, name.err);
    assert.match(name.err, new RegExp(`${registry.host} has no .*m/nothing`));
    const tag = await hive(where, ['pull', `ollama:${registry.host}/m/there:v9`]);
    assert.equal(tag.code, 3, tag.err);
    assert.match(tag.err, /v9/);
    const lost = gguf(5000);
    await registry.push('m/torn', 'latest', [[types.ollama('model'), lost], [types.ollama('license'), text('still here')]]);
    await registry.removeBlob('m/torn', sha256(lost));
    const part = await hive(where, ['pull', `ollama:${registry.host}/m/torn`]);
    assert.equal(part.code, 3, part.err);
    assert.match(part.err, /does not have a part of ollama:/);
    assert.match(part.err, /push it again/);
    await registry.push('m/image', 'latest', [['application/vnd.docker.image.rootfs.diff.tar.gzip', text('tar')]]);
    const refused = await hive(where, ['pull', `ollama:${registry.host}/m/image`]);
    assert.equal(refused.code, 2, refused.err);
    assert.match(refused.err, /container image/);
  });

  test('damaged bytes are mended by the manifest\'s digest, although the tag has moved', async (t) => {
    const where = await home(t);
    const ref = `ollama:${registry.host}/m/mended:latest`;
    const bytes = gguf(3_000_000);
    await registry.push('m/mended', 'latest', [[types.ollama('model'), bytes]]);
    assert.equal((await hive(where, ['pull', ref])).code, 0);
    await registry.push('m/mended', 'latest', [[types.ollama('model'), gguf(10_000)]]);
    const hex = sha256(bytes).slice(7);
    const blob = join(where, 'blobs/sha256', hex.slice(0, 2), hex);
    await chmod(blob, 0o600);
    const file = await open(blob, 'r+');
    await file.write(Buffer.from('damage'), 0, 6, 1_000_000);
    await file.close();
    const verified = await hive(where, ['verify', ref]);
    assert.equal(verified.code, 0, verified.err + verified.out);
    assert.ok((await readFile(blob)).equals(bytes));
  });
});

describe('a registry behind tokens', () => {
  const users = { worker: 'pa55word' };
  let registry;
  before(async () => {
    registry = await startRegistry({ tokens: true, users, open: ['pub/model'] });
    await registry.push('pub/model', 'latest', ollamaLayers);
    await registry.push('priv/model', 'latest', ollamaLayers);
  });
  after(() => registry?.stop());

  test('gives what is public to whoever asks for a token', async (t) => {
    const where = await home(t);
    const ref = `ollama:${registry.host}/pub/model`;
    const got = await hive(where, ['pull', ref]);
    assert.equal(got.code, 0, got.err);
    const { all } = await filesAt(where, ref);
    assert.ok(all['model.gguf'].equals(model));
    const { asked } = registry.server.state;
    assert.equal(asked.at(-1).authorization, undefined);
    assert.match(asked.at(-1).path, /service=e2e/);
    assert.match(asked.at(-1).path, /scope=repository%3Apub%2Fmodel%3Apull/);
  });

  test('gives what is private to a login from docker\'s file or the command line, and prints no secret', async (t) => {
    const ref = `ollama:${registry.host}/priv/model`;
    const where = await home(t);
    const logins = await writeLogins(join(where, 'auth.json'), { [registry.server.host]: 'worker:pa55word' });
    const before = registry.server.state.asked.length;
    const got = await hive(where, ['pull', ref], { env: { REGISTRY_AUTH_FILE: logins, HIVE_LOG_LEVEL: 'debug' } });
    assert.equal(got.code, 0, got.err);
    const fresh = registry.server.state.asked.slice(before);
    assert.equal(fresh.length, 1, 'one token for a whole pull');
    assert.equal(fresh[0].user, 'worker');
    const said = got.out + got.err + await readFile(join(where, 'hive.db'), 'latin1').catch(() => '');
    for (const secret of ['pa55word', Buffer.from('worker:pa55word').toString('base64'), registry.server.state.issued.at(-1)])
      assert.ok(!said.includes(secret), 'a secret was told');
    for (const name of await readdir(join(where, 'partial'))) assert.ok(!(await readFile(join(where, 'partial', name), 'latin1')).includes('pa55word'));
  });

  test('refuses whoever has no login, a wrong one, or one for another server', async (t) => {
    const ref = `ollama:${registry.host}/priv/model`;
    const where = await home(t);
    const none = await hive(where, ['pull', ref]);
    assert.equal(none.code, 4, none.err);
    assert.match(none.err, new RegExp(`gives no token for ${ref}`));
    assert.match(none.err, new RegExp(`put a login under the name ${registry.server.host}`));
    const wrong = await hive(where, ['pull', ref], { env: { HIVE_REGISTRY_AUTH: await writeLogins(join(where, 'wrong.json'), { [registry.server.host]: 'worker:n0pe' }) } });
    assert.equal(wrong.code, 4, wrong.err);
    assert.match(wrong.err, /does not accept the login/);
    assert.ok(!wrong.err.includes('n0pe'));
    const count = registry.server.state.asked.length;
    // The token server is on another port: another origin, for which this login is not.
    const other = await hive(where, ['pull', ref], { env: { HIVE_REGISTRY_AUTH: await writeLogins(join(where, 'other.json'), { [registry.host]: 'worker:pa55word' }) } });
    assert.equal(other.code, 4, other.err);
    assert.match(other.err, new RegExp(registry.server.host));
    assert.deepEqual(registry.server.state.asked.slice(count).map((one) => one.authorization), [undefined]);
    const bearer = await hive(where, ['pull', ref, '--token', 'n0t-a-token']);
    assert.equal(bearer.code, 4, bearer.err);
    assert.match(bearer.err, /does not accept the token given/);
    assert.ok(!bearer.err.includes('n0t-a-token'));
  });

  test('a token server in trouble is waited for, and one that asks for patience is obeyed', async (t) => {
    const where = await home(t);
    let left = 1;
    registry.server.state.answer = (request, response) => left-- > 0 && response.writeHead(503).end();
    t.after(() => { registry.server.state.answer = null; });
    const got = await hive(where, ['pull', `ollama:${registry.host}/pub/model`]);
    assert.equal(got.code, 0, got.err);
    const node = await serve(await home(t));
    t.after(() => node.kill());
    registry.server.state.answer = (request, response) => response.writeHead(429, { 'retry-after': '300' }).end();
    const job = await submit(node.url, `ollama:${registry.host}/pub/model`);
    const waiting = await until(node.url, job.id, (j) => j.state === 'waiting');
    assert.ok(new Date(waiting.until) - Date.now() > 250_000);
  });
});

describe('tokens that run out while a layer comes', () => {
  let registry;
  before(async () => {
    registry = await startRegistry({ tokens: true, life: 2, told: 2, open: ['big/model', 'big/other'] });
    await registry.push('big/model', 'latest', [[types.ollama('model'), large]]);
  });
  after(() => registry?.stop());

  // told: what the token server says of their life; wrong or absent, tokens end unannounced.
  for (const [told, how] of [[2, 'are renewed in time'], [3600, 'are renewed when they are refused'], [0, 'of unknown life are renewed when they are refused']]) {
    test(`${how}, and the bytes are the same`, async (t) => {
      registry.server.state.told = told;
      const where = await home(t);
      const ref = `ollama:${registry.host}/big/model`;
      const before = registry.server.state.asked.length;
      const got = await hive(where, ['pull', ref, '--max-rate', '8M']);
      assert.equal(got.code, 0, got.err);
      const { all } = await filesAt(where, ref);
      assert.ok(all['model.gguf'].equals(large));
      const renewals = registry.server.state.asked.length - before;
      assert.ok(renewals >= 2 && renewals <= 12, `${renewals} tokens for six seconds`);
    });
  }

  test('are renewed for the sources of a build too, each with its own', async (t) => {
    registry.server.state.told = 0;
    const where = await home(t);
    const refs = [];
    for (const [name, bytes] of [['big/model', large], ['big/other', gguf(3000)]]) {
      const { digest } = await registry.push(name, 'latest', [[types.ollama('model'), bytes]]);
      refs.push(`ollama:${registry.host}/${name}@${digest}`);
    }
    const source = (ref, at) => `[[source]]\nref = "${ref}"\npath = "in/${at}"\n`;
    const recipe = join(where, 'r.toml');
    await writeFile(recipe, `[recipe]\nname = "b"\nversion = "1"\n${source(refs[0], 'one')}${source(refs[1], 'two')}
[[step]]\nshell = "cat in/one/model.gguf in/two/model.gguf > both.bin"\n[output]\nfiles = ["both.bin"]\n`);
    const before = registry.server.state.asked.length;
    const got = await hive(where, ['pull', `build:${recipe}`, '--max-rate', '8M'], { env: { HIVE_BUILDS: where } });
    assert.equal(got.code, 0, got.err);
    const asked = registry.server.state.asked.slice(before).map((one) => one.path);
    assert.ok(asked.filter((path) => path.includes('big%2Fmodel') || path.includes('big/model')).length >= 2, asked.join('\n'));
    assert.ok(asked.some((path) => path.includes('big%2Fother') || path.includes('big/other')), asked.join('\n'));
  });

  test('a cancel in the middle keeps what has come, also while a token is waited for', async (t) => {
    registry.server.state.told = 2;
    const where = await home(t);
    const node = await serve(where);
    t.after(() => node.kill());
    const held = [];
    const job = await submit(node.url, `ollama:${registry.host}/big/model`, { max_rate: 12 << 20 });
    await until(node.url, job.id, (j) => j.progress.received > (8 << 20));
    registry.server.state.answer = (request, response) => { held.push(response); return true; };
    t.after(() => { registry.server.state.answer = null; });
    for (let left = 100; left > 0 && held.length === 0; left--) await wait(50);
    assert.ok(held.length > 0, 'a token is waited for');
    const closed = new Promise((done) => held[0].on('close', done));
    assert.equal((await call(node.url, 'POST', `/v1/jobs/${job.id}/cancel`, {})).status, 202);
    assert.equal((await until(node.url, job.id)).state, 'cancelled');
    await closed;
    registry.server.state.answer = null;
    assert.ok((await readdir(join(where, 'partial'))).length > 0);
    const again = await submit(node.url, `ollama:${registry.host}/big/model`);
    assert.equal((await until(node.url, again.id)).state, 'succeeded');
  });
});

interrupted('a model behind tokens of two seconds', async () => {
  const registry = await startRegistry({ tokens: true, life: 2, told: 2, open: ['big/model'] });
  const pushed = await registry.push('big/model', 'latest', [[types.ollama('model'), large], [types.ollama('license'), text('MIT')]]);
  const hex = (bytes) => sha256(bytes).slice(7);
  return {
    ref: `ollama:${registry.host}/big/model`, env: { HIVE_DOWNLOAD_RATE: '8MiB' }, stop: registry.stop,
    files: { 'manifest.json': hex(pushed.bytes), 'config.json': hex(text('{}')), 'model.gguf': hex(large), license: hex(text('MIT')) },
  };
});

// One model, the way Ollama's registry gives it: manifests by tag, contents by digest.
function ollamaRegistry(layers, guard) {
  const contents = new Map();
  const keep = (bytes) => { contents.set(sha256(bytes), bytes); return { digest: sha256(bytes), size: bytes.length }; };
  const manifest = Buffer.from(JSON.stringify({
    schemaVersion: 2, mediaType: types.docker, config: { mediaType: types.config, ...keep(text('{}')) },
    layers: layers.map(([mediaType, bytes]) => ({ mediaType, ...keep(bytes) })),
  }));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://registry');
    if (guard(request, response, pathname)) return undefined;
    if (pathname.endsWith('/manifests/latest')) return response.setHeader('content-type', 'text/plain').end(manifest);
    const bytes = contents.get(pathname.slice(pathname.indexOf('/blobs/') + 7));
    return bytes ? response.end(bytes) : response.writeHead(404).end();
  });
  return { server, manifest };
}

test('a private model of Ollama\'s is opened by Ollama\'s key, which signs what is asked', async (t) => {
  const where = await home(t);
  const key = join(where, '.ollama', 'id_ed25519');
  await mkdir(join(where, '.ollama'));
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const [, blob] = (await readFile(`${key}.pub`, 'utf8')).split(' ');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(blob, 'base64').subarray(-32)]);
  const owner = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const nonces = new Set();
  const { server } = ollamaRegistry([[types.ollama('model'), gguf(5000)]], (request, response, pathname) => {
    const at = `http://127.0.0.1:${server.address().port}`;
    const { authorization } = request.headers;
    if (pathname === '/token') {
      const [shown, signature] = authorization?.split(':') ?? [];
      const empty = Buffer.from(sha256('').slice(7)).toString('base64');
      const right = shown === blob && verify(null, Buffer.from(`GET,${at}${request.url},${empty}`), owner, Buffer.from(signature, 'base64'));
      nonces.add(new URL(request.url, at).searchParams.get('nonce'));
      response.writeHead(right ? 200 : 401).end(right ? '{"token":"opened"}' : '{"error":"unauthorized"}');
      return true;
    }
    if (authorization === 'Bearer opened') return false;
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${at}/token",service="ollama",scope="repository:me/private:pull"` }).end();
    return true;
  });
  const port = await listening(t, server);
  const ref = `ollama:127.0.0.1:${port}/me/private`;
  const got = await hive(where, ['pull', ref]);
  assert.equal(got.code, 0, got.err);
  assert.equal((await hive(where, ['pull', '--update', ref])).code, 0);
  assert.equal(nonces.size, 2, 'no nonce comes twice');
  const stranger = await home(t);
  const other = join(stranger, 'key');
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
  const refused = await hive(stranger, ['pull', ref], { env: { HIVE_IDENTITY_KEY: other } });
  assert.equal(refused.code, 4, refused.err);
  assert.match(refused.err, /does not accept the key/);
});

test('a token goes to the registry and not to the storage it leads to', async (t) => {
  const bytes = gguf(200_000);
  const seen = [];
  const storage = createServer((request, response) => {
    seen.push(['storage', request.headers.authorization]);
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  });
  const at = await listening(t, storage);
  const { server, manifest } = ollamaRegistry([[types.ollama('model'), bytes]], (request, response, pathname) => {
    const { authorization } = request.headers;
    seen.push([pathname, authorization]);
    if (pathname === '/token') response.end('{"access_token":"t0ken"}');
    else if (authorization !== 'Bearer t0ken') response.writeHead(401, { 'www-authenticate': `Bearer realm="http://127.0.0.1:${server.address().port}/token",service="s"` }).end();
    else if (pathname.endsWith(sha256(bytes))) response.writeHead(307, { location: `http://127.0.0.1:${at}/data?X-Amz-Signature=x` }).end('moved');
    else return false;
    return true;
  });
  const port = await listening(t, server);
  const where = await home(t);
  const ref = `ollama:127.0.0.1:${port}/library/m`;
  const got = await hive(where, ['pull', ref]);
  assert.equal(got.code, 0, got.err);
  const { all } = await filesAt(where, ref);
  assert.ok(all['model.gguf'].equals(bytes));
  assert.ok(all['manifest.json'].equals(manifest));
  assert.deepEqual([...new Set(seen.filter(([who]) => who === 'storage').map(([, key]) => key))], [undefined]);
  assert.equal(seen.filter(([path]) => path === '/token').length, 1);
});
