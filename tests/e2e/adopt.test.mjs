// Contents that other programs keep on this machine are taken from there, and checked.
import assert from 'node:assert/strict';
import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { call, submit, until } from './support/api.mjs';
import { sha256Of } from './support/content.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { startHub } from './support/hub.mjs';

const big = 20_000_003;
let hub;
before(async () => { hub = await startHub([{ id: 'acme/model', files: { 'config.json': 311, 'model.gguf': big } }]); });
after(async () => { await hub?.stop(); });

const facts = () => hub.repos['acme/model'].files;
// Bodies of files; what the Hub tells about them is no body.
const bodies = async (from = 0) => (await hub.log()).slice(from)
  .filter(([server, status, , uri]) => (server === 'cdn' || uri.includes('resolve-cache')) && status < 300)
  .reduce((sum, line) => sum + Number(line[4]), 0);

async function home(t) {
  const made = await temporary();
  t.after(made.remove);
  return made.path;
}

async function hubCache(root, wrong = false) {
  const blobs = join(root, 'models--acme--model/blobs');
  await mkdir(blobs, { recursive: true });
  await copyFile(facts()['model.gguf'].disk, join(blobs, facts()['model.gguf'].sha256));
  await copyFile(facts()['config.json'].disk, join(blobs, facts()['config.json'].gitSha1));
  if (wrong) await writeFile(join(blobs, facts()['model.gguf'].sha256), Buffer.alloc(big, 7));
}

async function standsRight(where) {
  for (const [path, { sha256 }] of Object.entries(facts()))
    assert.equal(await sha256Of(join(where, 'hub/models--acme--model/snapshots', hub.repos['acme/model'].commit, path)), sha256);
}

describe('adoption', () => {
  test('a pull takes what the Hugging Face cache has, and fetches no body', async (t) => {
    const where = await home(t);
    await hubCache(join(where, 'cache'));
    const seen = (await hub.log()).length;
    const got = await hive(where, ['pull', 'hf:acme/model'], { env: { HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: join(where, 'cache') } });
    assert.equal(got.code, 0, got.err + got.out);
    assert.match(got.out, /adopted 20\.0 MB from the Hugging Face cache/);
    assert.equal(await bodies(seen), 0);
    await standsRight(where);
    const theirs = await stat(join(where, 'cache/models--acme--model/blobs', facts()['model.gguf'].sha256));
    assert.equal(theirs.nlink, 1, 'their file is not shared with us');
  });

  test('the same from the Ollama store, and a metric counts it', async (t) => {
    const where = await home(t);
    const blobs = join(where, 'models/blobs');
    await mkdir(blobs, { recursive: true });
    for (const file of Object.values(facts())) await copyFile(file.disk, join(blobs, `sha256-${file.sha256}`));
    const seen = (await hub.log()).length;
    const node = await serve(where, { env: { HF_ENDPOINT: hub.endpoint, OLLAMA_MODELS: join(where, 'models') } });
    t.after(() => node.kill());
    const job = await submit(node.url, 'hf:acme/model');
    assert.equal((await until(node.url, job.id)).state, 'succeeded');
    // config.json has a git id only, and Ollama names everything by SHA-256.
    assert.equal(await bodies(seen), 311);
    assert.match((await call(node.url, 'GET', '/metrics')).text, new RegExp(`hive_bytes_adopted_total ${big}\\n`));
    await standsRight(where);
    await node.stop();
  });

  test('what is not what its name says is refused aloud and fetched', async (t) => {
    const where = await home(t);
    await hubCache(join(where, 'cache'), true);
    const seen = (await hub.log()).length;
    const got = await hive(where, ['pull', 'hf:acme/model'], { env: { HF_ENDPOINT: hub.endpoint, HF_HOME: where, HIVE_ADOPT: join(where, 'cache') } });
    assert.equal(got.code, 0, got.err + got.out);
    assert.match(got.out, /is not what its name says/);
    const fetched = await bodies(seen);
    assert.ok(fetched >= big && fetched < big * 1.05, `${fetched} bytes`);
    await standsRight(where);
  });

  test('it can be switched off, and doctor shows where is looked', async (t) => {
    const where = await home(t);
    await hubCache(join(where, 'cache'));
    const env = { HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: join(where, 'cache') };
    assert.match((await hive(where, ['doctor'], { env })).out, new RegExp(`adopt +${join(where, 'cache')}:`));
    const seen = (await hub.log()).length;
    const got = await hive(where, ['pull', 'hf:acme/model'], { env: { ...env, HIVE_ADOPT: 'off' } });
    assert.equal(got.code, 0, got.err);
    assert.ok(await bodies(seen) >= big);
    const wrong = await hive(where, ['doctor'], { env: { ...env, HIVE_ADOPT: 'somewhere' } });
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.out, /adopt.*absolute paths/);
  });
});
