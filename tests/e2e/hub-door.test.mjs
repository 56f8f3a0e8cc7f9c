// A third-party client, npm's @huggingface/hub, against a hive node's Hub door.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { hive, serve, temporary } from './support/hive.mjs';
import { startHub } from './support/hub.mjs';
import { packages } from './support/packages.mjs';

let hub, node, home, client;

before(async () => {
  client = await import(pathToFileURL((await packages()).resolve('@huggingface/hub')).href);
  hub = await startHub([
    { id: 'acme/tiny', files: { 'config.json': 311, 'weights/model.safetensors': 12_000_001, 'README.md': 80 } },
    { id: 'acme/rows', kind: 'datasets', files: { 'data/train.parquet': 2_000_000 } },
  ]);
  home = await temporary();
  for (const ref of ['hf:acme/tiny', 'hf:datasets/acme/rows']) {
    const got = await hive(home.path, ['pull', ref], { env: { HF_ENDPOINT: hub.endpoint } });
    assert.equal(got.code, 0, got.err);
  }
  await hub.stop();
  node = await serve(home.path);
});
after(async () => { await node?.stop(); await home?.remove(); });

for (const [name, repo, id] of [['a model', 'acme/tiny', 'acme/tiny'], ['a dataset', 'datasets/acme/rows', 'acme/rows']]) {
  test(`lists and downloads ${name}, byte for byte`, async () => {
    const facts = hub.repos[id];
    const listed = [];
    for await (const entry of client.listFiles({ repo, recursive: true, hubUrl: node.url })) if (entry.type === 'file') listed.push(entry);
    assert.deepEqual(listed.map((f) => f.path).sort(), Object.keys(facts.files).sort());
    for (const entry of listed) {
      assert.equal(entry.size, facts.files[entry.path].size);
      const blob = await client.downloadFile({ repo, path: entry.path, hubUrl: node.url });
      const bytes = Buffer.from(await blob.arrayBuffer());
      assert.equal(createHash('sha256').update(bytes).digest('hex'), facts.files[entry.path].sha256, entry.path);
    }
  });
}

test('knows the commit, and tells missing files, revisions and repositories apart', async () => {
  const info = await client.modelInfo({ name: 'acme/tiny', hubUrl: node.url, additionalFields: ['sha'] });
  assert.equal(info.sha, hub.repos['acme/tiny'].commit);
  assert.equal(await client.fileExists({ repo: 'acme/tiny', path: 'config.json', hubUrl: node.url }), true);
  assert.equal(await client.fileExists({ repo: 'acme/tiny', path: 'absent.bin', hubUrl: node.url }), false);
  for (const [path, code] of [['/acme/none/resolve/main/x', 'RepoNotFound'], ['/acme/tiny/resolve/none/config.json', 'RevisionNotFound'], ['/acme/tiny/resolve/main/none', 'EntryNotFound']]) {
    const got = await fetch(node.url + path);
    assert.equal(got.status, 404);
    assert.equal(got.headers.get('x-error-code'), code);
  }
});

test('serves a second hive: a model goes from node to node without the Hub', async (t) => {
  const other = await temporary();
  t.after(other.remove);
  const got = await hive(other.path, ['pull', 'hf:acme/tiny'], { env: { HF_ENDPOINT: node.url } });
  assert.equal(got.code, 0, got.err);
});
