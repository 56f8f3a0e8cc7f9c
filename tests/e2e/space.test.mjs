// Spaces and datasets: the Hub's other repositories, from a real server.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sha256Of } from './support/content.mjs';
import { hive, temporary } from './support/hive.mjs';
import { startHub, token } from './support/hub.mjs';

let hub;
before(async () => {
  hub = await startHub([
    { id: 'acme/app', kind: 'spaces', sdk: 'gradio', files: { 'app.py': 400, 'README.md': 90, 'assets/big.bin': 6_000_000, 'sub/two.txt': 12 } },
    { id: 'acme/rows', kind: 'datasets', files: { 'README.md': 40, 'data/train-00000-of-00002.parquet': 2_000_000, 'data/train-00001-of-00002.parquet': 1_500_000 } },
    { id: 'acme/closed', kind: 'spaces', gated: true, files: { 'app.py': 20 } },
    { id: 'acme/shut', kind: 'datasets', gated: 'files', files: { 'rows.csv': 20 } },
  ]);
});
after(() => hub?.stop());

async function pull(t, ref, args = []) {
  const home = await temporary();
  t.after(home.remove);
  return { ...await hive(home.path, ['pull', ref, ...args], { env: { HF_ENDPOINT: hub.endpoint } }), home: home.path };
}

for (const [kind, id, refs] of [
  ['spaces', 'acme/app', ['space:acme/app', 'hf:spaces/acme/app', 'hf://spaces/acme/app@main']],
  ['datasets', 'acme/rows', ['hf:datasets/acme/rows', 'hf://datasets/acme/rows']],
]) {
  test(`${kind} come whole, by every name, to where the Hub's own tools look`, async (t) => {
    for (const ref of refs) {
      const got = await pull(t, ref);
      assert.equal(got.code, 0, ref + got.err);
      const { commit, files } = hub.repos[id];
      const folder = join(got.home, `hub/${kind}--${id.replace('/', '--')}`);
      assert.equal(await readFile(join(folder, 'refs/main'), 'utf8'), commit);
      for (const [path, { sha256 }] of Object.entries(files)) assert.equal(await sha256Of(join(folder, 'snapshots', commit, path)), sha256, path);
    }
  });
}

test('a Space says what it runs on; one of its files can be had alone', async (t) => {
  const got = await pull(t, 'space:acme/app:app.py');
  assert.equal(got.code, 0, got.err);
  assert.match(got.out, /space:acme\/app runs on gradio/);
  assert.equal((await hive(got.home, ['path', 'space:acme/app:app.py'])).code, 0);
});

describe('what is wrong is said, with what to do', () => {
  for (const [what, ref, code, said] of [
    ['a name', 'space:acme/nothing', 3, /space:acme\/nothing is not at .*or it is private/],
    ['a branch', 'space:acme/app@nope', 3, /no branch, tag or commit 'nope'/],
    ['a file', 'space:acme/app:*.gguf', 3, /app\.py/],
    ['no token for a Space', 'space:acme/closed', 4, /acme\/closed is gated[^]*HF_TOKEN/],
    ['no token for a dataset', 'hf:datasets/acme/shut', 4, /acme\/shut is gated[^]*datasets\/acme\/shut, accept its terms/],
  ]) {
    test(what, async (t) => {
      const got = await pull(t, ref);
      assert.equal(got.code, code, got.err);
      assert.match(got.err, said);
    });
  }

  test('and with the token it comes', async (t) => {
    for (const ref of ['space:acme/closed', 'hf:datasets/acme/shut']) assert.equal((await pull(t, ref, ['--token', token])).code, 0);
  });
});
