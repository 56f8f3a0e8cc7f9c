// What a model is, and how other tools find it, as a user sees it.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { call } from './support/api.mjs';
import { smallModel } from './support/gguf.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { movingHub } from './support/moving-hub.mjs';

const good = (got) => { assert.equal(got.code, 0, got.err + got.out); return got; };
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const gone = (path) => assert.rejects(lstat(path), { code: 'ENOENT' });
const one = async (where, ref) => JSON.parse(good(await hive(where, ['show', ref, '--json'])).out);
const sameFile = async (a, b) => assert.equal((await stat(a)).ino, (await stat(b)).ino, `${a} is ${b}`);

async function home(t) {
  const made = await temporary();
  t.after(made.remove);
  return made.path;
}

async function folder(where, name, files) {
  await mkdir(join(where, name), { recursive: true });
  for (const [file, bytes] of Object.entries(files)) await writeFile(join(where, name, file), bytes);
  return join(where, name);
}

// A model as Ollama's registry has it, taken in from a folder.
async function ollamaModel(where, name, weights) {
  const config = Buffer.from(JSON.stringify({ model_format: 'gguf', model_family: name }));
  const manifest = Buffer.from(JSON.stringify({
    schemaVersion: 2,
    config: { digest: `sha256:${sha256(config)}`, size: config.length },
    layers: [{ mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${sha256(weights)}`, size: weights.length }],
  }));
  const from = await folder(where, `from-${name}`, { 'config.json': config, 'model.gguf': weights, 'manifest.json': manifest });
  good(await hive(where, ['import', from, '--as', `ollama:${name}:latest`]));
  return { config, manifest, weights };
}

describe('what a model is', () => {
  test('show, ls and the API say what its header says, and what memory it needs', async (t) => {
    const where = await home(t);
    const weights = smallModel(randomBytes(50_000));
    const from = await folder(where, 'from', { 'm-Q4_K_M.gguf': weights, 'mmproj-F16.gguf': 'GGUF, and nothing more', 'README.md': 'words' });
    good(await hive(where, ['import', from, '--as', 'hf:acme/tiny']));
    const shown = good(await hive(where, ['show', 'hf:acme/tiny'])).out;
    assert.match(shown, /^model +llama, 1\.5 M parameters, Q4_K_M, 4096 tokens, chat template \(gguf\)$/m);
    assert.match(shown, /^memory +needs about .* of weights and up to 1\.05 MB of cache for 4096 tokens; /m);
    const { model, memory } = await one(where, 'hf:acme/tiny');
    assert.equal(model.path, 'm-Q4_K_M.gguf');
    assert.equal(model.kv_heads, 2);
    assert.equal(model.weights, weights.length);
    assert.equal(memory.kv_cache, 4096 * 2 * 2 * 32 * 2);
    assert.equal(memory.total, memory.kv_cache + weights.length);
    assert.equal(memory.fits_memory, true);
    const list = JSON.parse(good(await hive(where, ['ls', '--json'])).out).artifacts;
    assert.equal(list[0].model.architecture, 'llama');
  });

  test('a file that only looks like a model is taken in all the same', async (t) => {
    const where = await home(t);
    const from = await folder(where, 'from', { 'm.gguf': Buffer.concat([Buffer.from('GGUF\x03\0\0\0'), Buffer.alloc(1000, 255)]) });
    good(await hive(where, ['import', from, '--as', 'hf:acme/noise']));
    assert.match(good(await hive(where, ['show', 'hf:acme/noise'])).out, /^flaw +m\.gguf: the GGUF header is damaged at byte \d+/m);
    assert.equal((await one(where, 'hf:acme/noise')).memory, null);
  });
});

describe('views for other tools', () => {
  test('a pull shows what it brings where it is told, without a second copy, and rm takes it away', async (t) => {
    const where = await home(t);
    const hub = await movingHub(t, 'acme/tiny', { 'm.gguf': smallModel(randomBytes(2_000_000)), 'config.json': Buffer.from('{}') });
    const [plain, lms, cache] = [join(where, 'plain'), join(where, '.lmstudio/models/acme/tiny'), join(where, 'cache')];
    const env = { HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: cache };
    const got = good(await hive(where, ['pull', 'hf:acme/tiny', '--view', `dir:${plain}`, '--view', 'lmstudio', '--view', 'hf'], { env }));
    assert.match(got.out, /lmstudio has it at .*acme\/tiny \(hard link\)/);
    assert.match(got.out, /needs about 3\.\d+ MB of memory/);
    const { files, views, id } = await one(where, 'hf:acme/tiny');
    const { sha256: name } = files.find((file) => file.path === 'm.gguf');
    const blob = join(where, 'blobs/sha256', name.slice(0, 2), name);
    await sameFile(join(plain, 'm.gguf'), blob);
    await sameFile(join(lms, 'm.gguf'), blob);
    const repo = join(cache, 'models--acme--tiny');
    const commit = await readFile(join(repo, 'refs/main'), 'utf8');
    assert.equal(commit, hub.commit);
    await sameFile(join(repo, 'snapshots', commit, 'm.gguf'), blob);
    assert.match(await readlink(join(repo, 'snapshots', commit, 'm.gguf')), /^\.\.\/\.\.\/blobs\//);
    assert.deepEqual(views.map((view) => [view.view, view.state]), [[`dir:${plain}`, 'ok'], ['hf', 'ok'], ['lmstudio', 'ok']]);

    const freed = JSON.parse(good(await hive(where, ['rm', id, '--json'])).out);
    assert.ok(JSON.stringify(freed).includes('freed'));
    await gone(join(plain, 'm.gguf'));
    await gone(lms);
    await gone(repo);
  });

  test('rm --view takes one view away, and leaves the artifact and its other views', async (t) => {
    const where = await home(t);
    const from = await folder(where, 'from', { 'm.gguf': smallModel(randomBytes(5000)) });
    const [plain, lms] = [join(where, 'plain'), join(where, 'lms')];
    const env = { HIVE_LMSTUDIO_MODELS: lms };
    good(await hive(where, ['import', from, '--as', 'hf:acme/tiny'], { env }));
    good(await hive(where, ['pull', 'hf:acme/tiny', '--view', `dir:${plain}`, '--view', 'lmstudio'], { env }));
    const none = await hive(where, ['rm', '--view', 'ollama', 'hf:acme/tiny'], { env });
    assert.equal(none.code, 3, none.err);
    assert.match(none.err, /no view ollama/);
    const bad = await hive(where, ['rm', '--view', 'nowhere', 'hf:acme/tiny'], { env });
    assert.equal(bad.code, 2, bad.err);
    assert.match(good(await hive(where, ['rm', '--view', `dir:${plain}`, 'hf:acme/tiny'], { env })).out, /took hf:acme\/tiny.* out of dir:/);
    await gone(join(plain, 'm.gguf'));
    await stat(join(lms, 'acme/tiny/m.gguf'));
    assert.deepEqual((await one(where, 'hf:acme/tiny')).views.map((v) => v.view), ['lmstudio']);
  });

  test('on another file system a view is a copy, made while the node answers others', async (t) => {
    const far = await mkdtemp('/dev/shm/hive-view-').catch(() => null);
    const where = await home(t);
    if (!far || (await stat(far)).dev === (await stat(where)).dev) return t.skip('/dev/shm is no other file system');
    t.after(() => rm(far, { recursive: true, force: true }));
    const from = await folder(where, 'from', { 'm.gguf': smallModel(randomBytes(5000)) });
    good(await hive(where, ['import', from, '--as', 'hf:acme/tiny']));
    good(await hive(where, ['pull', 'hf:acme/tiny', '--view', `dir:${far}/m`]));
    const [view] = (await one(where, 'hf:acme/tiny')).views;
    assert.equal(view.how, 'copy');
    assert.ok((await readFile(join(far, 'm/m.gguf'))).equals(await readFile(join(from, 'm.gguf'))));
    assert.deepEqual(await readdir(join(far, 'm')), ['m.gguf']);
    return undefined;
  });

  test('Ollama finds a model in its own store, and a blob two models share stays until both are gone', async (t) => {
    const where = await home(t);
    const store = join(where, 'ollama');
    const env = { OLLAMA_MODELS: store };
    const weights = smallModel(randomBytes(60_000));
    const first = await ollamaModel(where, 'first', weights);
    await ollamaModel(where, 'second', weights);
    for (const name of ['first', 'second']) good(await hive(where, ['pull', `ollama:${name}`, '--view', 'ollama'], { env }));
    const manifest = (name) => join(store, 'manifests/registry.ollama.ai/library', name, 'latest');
    assert.deepEqual(await readFile(manifest('first')), first.manifest);
    assert.deepEqual((await readdir(join(store, 'blobs'))).length, 3);
    assert.deepEqual(await readFile(join(store, 'blobs', `sha256-${sha256(weights)}`)), weights);
    assert.equal((await stat(manifest('first'))).mode & 0o200, 0o200, 'a later ollama pull can replace it');

    good(await hive(where, ['rm', 'ollama:first'], { env }));
    await gone(manifest('first'));
    assert.deepEqual(await readFile(join(store, 'blobs', `sha256-${sha256(weights)}`)), weights);
    await writeFile(manifest('second'), '{"by":"ollama pull"}');
    assert.match(good(await hive(where, ['ls'], { env })).out, /ollama view changed/);
    const checked = await hive(where, ['verify', 'ollama:second'], { env });
    assert.match(checked.out + checked.err, /its view for ollama was changed/);
    good(await hive(where, ['rm', 'ollama:second'], { env }));
    assert.equal(await readFile(manifest('second'), 'utf8'), '{"by":"ollama pull"}');
    await gone(join(store, 'blobs'));
  });

  test('a view that cannot be made does not lose the pull: it says so, and works once the way is free', async (t) => {
    const where = await home(t);
    const from = await folder(where, 'from', { 'm.gguf': smallModel(randomBytes(1000)) });
    good(await hive(where, ['import', from, '--as', 'hf:acme/tiny']));
    const plain = await folder(where, 'plain', { 'm.gguf': 'mine' });
    const taken = await hive(where, ['pull', 'hf:acme/tiny', '--view', `dir:${plain}`]);
    assert.notEqual(taken.code, 0);
    assert.match(taken.err, /acme\/tiny is here, but not shown to dir:/);
    assert.match(taken.out.trim().split('\n').at(-1), /m\.gguf$/);
    assert.equal(await readFile(join(plain, 'm.gguf'), 'utf8'), 'mine');
    await rm(join(plain, 'm.gguf'));
    good(await hive(where, ['pull', 'hf:acme/tiny', '--view', `dir:${plain}`]));
    assert.notEqual(await readFile(join(plain, 'm.gguf'), 'utf8'), 'mine');

    const refused = await hive(where, ['pull', 'hf:acme/tiny', '--view', 'ollama']);
    assert.notEqual(refused.code, 0);
    assert.match(refused.out + refused.err, /ollama:hf\.co\/acme\/tiny/);
    const typo = await hive(where, ['pull', 'hf:acme/tiny', '--view', 'olama']);
    assert.equal(typo.code, 2);
    assert.match(typo.err, /views are hf, ollama, lmstudio/);
  });

  test('the usual views of hive.toml hold for every pull, over a restart, and can be left out', async (t) => {
    const where = await home(t);
    const hub = await movingHub(t, 'acme/tiny', { 'm.gguf': smallModel(randomBytes(1000)) });
    const plain = join(where, 'plain');
    await writeFile(join(where, 'hive.toml'), `views = ["dir:${plain}"]\n`);
    const env = { HF_ENDPOINT: hub.endpoint };
    good(await hive(where, ['pull', 'hf:acme/tiny'], { env }));
    const node = await serve(where, { env });
    t.after(() => node.kill());
    const { json: body } = await call(node.url, 'GET', '/v1/artifacts');
    assert.equal(body.artifacts[0].views[0].state, 'ok');
    await call(node.url, 'DELETE', `/v1/artifacts/${body.artifacts[0].id}`);
    await gone(join(plain, 'm.gguf'));
    await node.stop();
    await writeFile(join(where, 'hive.toml'), 'views = ["nowhere"]\n');
    const bad = await hive(where, ['pull', 'hf:acme/tiny'], { env });
    assert.equal(bad.code, 2);
    assert.match(bad.err, /nowhere/);
  });
});
