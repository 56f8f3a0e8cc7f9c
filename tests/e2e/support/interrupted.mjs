// What a pull from any vendor survives: the node killed in the middle, twice; a cancel that keeps; a cancel with
// purge. In the end every file is there, byte for byte.
//
//   import { interrupted } from './support/interrupted.mjs';
//   interrupted('a release', async () => {
//     const server = await startGithub(…);            // slow enough: some seconds for all of it
//     return { ref: 'gh:acme/big', env: { … }, files: { 'model.gguf': sha256 }, stop: server.stop };
//   });
//
// `files`: what the artifact holds, all of it. `env`: of every hive started. `sent`, when given, resolves to the bytes of
// bodies the server has sent so far: then a pull after a cancel must not fetch all of it again.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { call, submit, until } from './api.mjs';
import { sha256Of } from './content.mjs';
import { serve, temporary } from './hive.mjs';

const part = (job, share) => job.progress.total > 0 && job.progress.received >= share * job.progress.total;

export function interrupted(name, open) {
  describe(`${name}, interrupted in the middle`, () => {
    let source;
    before(async () => { source = await open(); });
    after(() => source?.stop());

    // Little is lost at a kill, so that what is kept shows.
    const start = (home) => serve(home.path, { env: { HIVE_FLUSH_BYTES: '1048576', ...source.env } });

    async function folder(t) {
      const home = await temporary();
      t.after(home.remove);
      return home;
    }

    async function arrived(node, home, id) {
      const job = await until(node.url, id, undefined, 300);
      assert.equal(job.state, 'succeeded', JSON.stringify(job.error));
      const { json: artifact } = await call(node.url, 'GET', `/v1/artifacts/${job.artifact}`);
      assert.deepEqual(artifact.files.map((f) => f.path).sort(), Object.keys(source.files).sort());
      for (const file of artifact.files) {
        const blob = join(home, 'blobs/sha256', file.sha256.slice(0, 2), file.sha256);
        assert.equal(await sha256Of(blob), source.files[file.path], file.path);
      }
      return job;
    }

    test('by kill -9 at a third and at two thirds', { timeout: 600_000 }, async (t) => {
      const home = await folder(t);
      let node = await start(home);
      t.after(() => node.kill());
      const { id } = await submit(node.url, source.ref);
      for (const share of [1 / 3, 2 / 3]) {
        await until(node.url, id, (job) => part(job, share), 300);
        await node.kill();
        node = await start(home);
      }
      await arrived(node, home.path, id);
      assert.deepEqual(await readdir(join(home.path, 'partial')), [], 'nothing unfinished stays');
      await node.stop();
    });

    test('by a cancel, and taken up by the next pull', { timeout: 600_000 }, async (t) => {
      const home = await folder(t);
      const node = await start(home);
      t.after(() => node.kill());
      const first = await submit(node.url, source.ref);
      await until(node.url, first.id, (job) => part(job, 1 / 2), 300);
      assert.equal((await call(node.url, 'POST', `/v1/jobs/${first.id}/cancel`, {})).status, 202);
      const { progress } = await until(node.url, first.id, (job) => job.state === 'cancelled');
      const before = await source.sent?.();
      const second = await submit(node.url, source.ref);
      await arrived(node, home.path, second.id);
      if (before !== undefined) {
        const again = await source.sent() - before;
        assert.ok(again < progress.total * 0.9, `${again} bytes of ${progress.total} came after the cancel`);
      }
      await node.stop();
    });

    test('by a cancel with purge, which leaves nothing', { timeout: 600_000 }, async (t) => {
      const home = await folder(t);
      const node = await start(home);
      t.after(() => node.kill());
      const { id } = await submit(node.url, source.ref);
      await until(node.url, id, (job) => part(job, 1 / 4), 300);
      await call(node.url, 'POST', `/v1/jobs/${id}/cancel`, { purge: true });
      await until(node.url, id, (job) => job.state === 'cancelled');
      assert.deepEqual(await readdir(join(home.path, 'partial')), []);
      await node.stop();
    });
  });
}
