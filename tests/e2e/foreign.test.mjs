// docs/examples/foreign_caf.cpp as docs/clients.md says: a CAF program of its own gives a real node a job.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { call, job } from './support/api.mjs';
import { binary, environment, hive, temporary } from './support/hive.mjs';
import { lab, members, settles } from './support/lab.mjs';
import { content, startWeb } from './support/web.mjs';

const program = process.env.HIVE_FOREIGN ?? join(dirname(binary), 'foreign_caf');
let one, node, desk;

function start(home, args) {
  const child = spawn(program, args, { env: environment(home), stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (d) => { out += d; });
  child.stderr.on('data', (d) => { err += d; });
  const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const over = new Promise((done) => child.on('close', (code) => { clearTimeout(limit); done({ code, out, err }); }));
  return { over, said: () => out };
}
const foreign = (...args) => start(desk.path, args).over;

before(async () => {
  one = await lab(['ada']);
  node = one.nodes.ada;
  desk = await temporary('desk');
  const token = (await hive(node.path, ['token', 'create'])).out.trim().split('\n').at(-1);
  const joined = await hive(desk.path, ['join', token, node.peers]);
  assert.equal(joined.code, 0, joined.err);
});
after(async () => {
  await one?.stop();
  await desk?.remove();
});

describe('a CAF program that is no node', { timeout: 300_000 }, () => {
  test('gives a node a job, follows it to its end, and is no member', async (t) => {
    const site = await startWeb({ '/m.bin': { bytes: content(3_000_000), head: { etag: '"1"' } } });
    t.after(site.stop);
    const got = await foreign(desk.path, node.peers, site.url('/m.bin'));
    assert.equal(got.code, 0, got.err);
    assert.match(got.out, /^job=01\S+ /m);
    const { json } = await call(node.node.url, 'GET', '/v1/jobs');
    assert.equal(json.jobs.length, 1);
    assert.equal(json.jobs[0].state, 'succeeded');
    assert.match(got.out.trim().split('\n').at(-1), new RegExp(`job=${json.jobs[0].id} `));
    assert.equal((await members(node.node)).members.length, 1);
    await settles(() => /client-up[^]*client-down/.test(node.node.said()), 10, 'the node tells of the program');
  });

  test('ends with a failure when the job fails, and with the vendor\'s reason', async (t) => {
    const site = await startWeb({});
    t.after(site.stop);
    const got = await foreign(desk.path, node.peers, site.url('/none.bin'));
    assert.equal(got.code, 1, got.out);
    assert.match(got.out, /404|no such|entry_missing/);
  });

  test('hears that its node is gone, and the job goes on with the node', async (t) => {
    const site = await startWeb({ '/slow.bin': { bytes: content(20_000_000, 'slow'), head: { etag: '"1"' } } }, { rate: 1_000_000 });
    t.after(site.stop);
    const run = start(desk.path, [desk.path, node.peers, site.url('/slow.bin')]);
    const id = (await settles(() => run.said().match(/job=(01\S+) /)?.[1], 20, 'it has a job')).got;
    await settles(async () => (await job(node.node.url, id)).state === 'fetching', 20);
    await node.node.kill('SIGKILL');
    const got = await run.over;
    assert.equal(got.code, 1);
    assert.match(got.err, /the link with the node is over|gone|ended/);
    await node.start();
    await settles(async () => (await job(node.node.url, id)).state === 'succeeded', 60, 'the job is done all the same');
  });

  test('gets nowhere without a certificate, and with a revoked one', async (t) => {
    const bare = await temporary('bare');
    t.after(bare.remove);
    const nobody = await start(bare.path, [bare.path, node.peers, 'hf:org/x']).over;
    assert.equal(nobody.code, 1);
    assert.match(nobody.err, /belongs to no hive/);
    const id = (await readFile(join(desk.path, 'node/id'), 'utf8')).trim();
    assert.equal((await hive(node.path, ['revoke', id, '--reason', 'lost'])).code, 0);
    await settles(async () => /revoked/.test((await foreign(desk.path, node.peers, 'hf:org/x')).err), 10, 'it is told that it is revoked');
  });
});
