// Files of this machine: taken once for each state they are in, and never in the middle of being written.
import assert from 'node:assert/strict';
import { appendFile, open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { call, events, submit, until } from './support/api.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { content, sha256, startWeb } from './support/web.mjs';

async function machine(t) {
  const home = await temporary();
  const node = await serve(home.path, { env: { HIVE_ADOPT: 'off' } });
  t.after(async () => { await node.kill(); await home.remove(); });
  return { home: home.path, url: node.url, file: join(home.path, 'my model.bin') };
}
const told = async (url, job) => (await events(url, `/v1/jobs/${job.id}/events`)).map((e) => e.data.action);

describe('local files', () => {
  test('a file is read once in each state it is in, and stays its own', async (t) => {
    const { home, url, file } = await machine(t);
    await writeFile(file, Buffer.alloc(3_000_000, 'a'));
    const pull = async () => { const job = await submit(url, `file:${file}`); return until(url, job.id); };
    const first = await pull();
    const again = await pull();
    assert.equal(again.artifact, first.artifact);
    assert.deepEqual((await told(url, again)).filter((a) => ['already-here', 'fetched'].includes(a)), ['already-here']);
    await appendFile(file, 'more');
    const changed = await pull();
    assert.notEqual(changed.revision, first.revision);
    assert.ok((await told(url, changed)).includes('fetched'));
    const shown = (await call(url, 'GET', `/v1/artifacts/${changed.artifact}`)).json;
    const here = shown.path; // of one file: the file
    assert.deepEqual(await readFile(here), await readFile(file));
    assert.notEqual((await stat(here)).ino, (await stat(file)).ino);
    const path = await hive(home, ['path', `file:${file}`, '--node', url]);
    assert.equal(path.code, 0, path.err);
  });

  test('a file somebody is writing is waited for, and then taken whole', async (t) => {
    const { url, file } = await machine(t);
    const writer = await open(file, 'w');
    await writer.write('half of it, ');
    const job = await submit(url, `file:${file}`);
    const waiting = await until(url, job.id, (j) => j.state === 'waiting');
    assert.match(waiting.cause, /is being written/);
    await writer.write('the other half');
    await writer.close();
    const done = await until(url, job.id);
    assert.equal(done.state, 'succeeded', JSON.stringify(done.error));
    assert.equal(done.progress.total, 26);
  });

  test('an imported file that has changed is imported anew under its name', async (t) => {
    const { home, url, file } = await machine(t);
    await writeFile(file, 'one');
    const take = async () => {
      const got = await hive(home, ['import', file, '--as', 'hf:me/mine', '--node', url]);
      assert.equal(got.code, 0, got.err + got.out);
      return (await call(url, 'GET', '/v1/artifacts')).json.artifacts;
    };
    assert.equal((await take()).length, 1);
    assert.equal((await take()).length, 1);
    await writeFile(file, 'two');
    assert.equal((await take()).length, 2);
  });
});

test('a local Metalink is pulled as what it describes', async (t) => {
  const { home, url } = await machine(t);
  const bytes = content(2_000_000);
  const web = await startWeb({ '/m.bin': { bytes } });
  t.after(web.stop);
  const list = join(home, 'model.meta4');
  const file = (hex) => `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="m.bin"><size>${bytes.length}</size><hash type="sha-256">${hex}</hash><url>${web.url('/gone')}</url><url>${web.url('/m.bin')}</url></file></metalink>`;
  await writeFile(list, file(sha256(bytes)));
  const end = await until(url, (await submit(url, `file:${list}`)).id);
  assert.equal(end.state, 'succeeded', JSON.stringify(end.error));
  const shown = (await call(url, 'GET', `/v1/artifacts/${end.artifact}`)).json;
  assert.deepEqual(shown.files.map((f) => [f.path, f.sha256]), [['m.bin', sha256(bytes)]]);
  await writeFile(list, file('0'.repeat(64)));
  const wrong = await hive(home, ['pull', `file:${list}`, '--node', url]);
  assert.equal(wrong.code, 5, wrong.err);
});
