// Three nodes pull one model at once: it crosses the WAN once, whatever becomes of one of them.
import assert from 'node:assert/strict';
import { chmod, open } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { call, events, job, submit, until } from './support/api.mjs';
import { sha256Of } from './support/content.mjs';
import { startHub } from './support/hub.mjs';
import { allSee, lab, members, settles } from './support/lab.mjs';

const size = 64 << 20;
const piece = 4 << 20;
const repos = ['once', 'killed', 'warm'].map((name) => ({ id: `org/${name}`, files: { 'config.json': 300, 'model.safetensors': size }, rate: '4m' }));
let hub, three, nodes;

// Bytes of the large file that left the origin.
async function overWan(repo) {
  const lines = await hub.log();
  return lines.filter((l) => l[0] === 'cdn' && l[3].includes(`/org/${repo}/`)).reduce((sum, l) => sum + Number(l[4]), 0);
}
const blobOf = (n, repo) => {
  const { sha256 } = hub.repos[`org/${repo}`].files['model.safetensors'];
  return join(nodes[n].path, 'blobs/sha256', sha256.slice(0, 2), sha256);
};
async function arrived(n, repo, id, seconds = 90) {
  const done = await until(nodes[n].node.url, id, (j) => j.state === 'succeeded', seconds);
  assert.equal(await sha256Of(blobOf(n, repo)), hub.repos[`org/${repo}`].files['model.safetensors'].sha256);
  return done;
}
async function metric(n, name) {
  const got = await call(nodes[n].node.url, 'GET', '/metrics');
  return Number(got.text.split('\n').find((l) => l.startsWith(`${name} `)).split(' ').at(-1));
}

const together = () => settles(() => allSee(nodes, 'ok', 3), 30, 'all three see all three');

before(async () => {
  hub = await startHub(repos);
  three = await lab(['ada', 'bob', 'cay'], {}, { HF_ENDPOINT: hub.endpoint });
  nodes = Object.values(three.nodes);
  await together();
});
after(async () => {
  await three?.stop();
  await hub?.stop();
});

describe('a model that three nodes want', { timeout: 300_000 }, () => {
  test('crosses the WAN once, and every job says what came from where', async () => {
    const began = await Promise.all(nodes.map(({ node }) => submit(node.url, 'hf:org/once')));
    const done = await Promise.all(began.map((j, n) => arrived(n, 'once', j.id)));
    const wan = await overWan('once');
    assert.ok(wan <= 1.02 * size, `${wan} bytes left the origin`);
    const sum = (name) => done.reduce((all, j) => all + j.progress[name], 0);
    assert.ok(sum('peer_bytes') >= 1.9 * size, JSON.stringify(done.map((j) => j.progress)));
    assert.ok(sum('wan_bytes') <= 1.03 * size);
    for (const one of done) {
      assert.ok(one.progress.wan_ratio <= 1.02);
      assert.equal(one.progress.received, one.progress.total);
    }
    let out = 0;
    for (let n = 0; n < 3; n++) out += await metric(n, 'hive_peer_bytes_total{direction="out"}');
    assert.ok(out >= 1.9 * size, `${out} bytes went to peers`);
  });

  test('is taken from those who have it, and a peer that sends wrong bytes is named and worked around', async () => {
    const { json } = await call(nodes[0].node.url, 'GET', '/v1/artifacts');
    const id = json.artifacts.find((a) => a.ref.includes('org/once')).id;
    assert.equal((await call(nodes[0].node.url, 'DELETE', `/v1/artifacts/${id}`)).status, 200);
    // One byte in every piece of what the third node would serve.
    const file = blobOf(2, 'once');
    await chmod(file, 0o600);
    const rotten = await open(file, 'r+');
    for (let at = 1000; at < size; at += piece) await rotten.write(Buffer.from([0x5a]), 0, 1, at);
    await rotten.close();
    const before = await overWan('once');
    const again = await submit(nodes[0].node.url, 'hf:org/once');
    const done = await arrived(0, 'once', again.id);
    assert.ok(await overWan('once') - before <= 0.02 * size, 'it was fetched over the WAN');
    assert.ok(done.progress.peer_bytes >= size);
    const liar = (await members(nodes[2].node)).members.find((m) => m.self);
    const told = await events(nodes[0].node.url, `/v1/jobs/${again.id}/events`);
    const barred = told.find((e) => e.data.action === 'peer-barred');
    assert.ok(barred, told.map((e) => e.data.action).join(' '));
    assert.match(barred.data.human, new RegExp(`node ${liar.id} sent a piece with a wrong hash`));
    assert.ok(await metric(0, 'hive_pieces_bad_total') >= 1);
  });

  test('costs a window more when the node that fetches it is killed at half', async () => {
    const began = await Promise.all(nodes.map(({ node }) => submit(node.url, 'hf:org/killed')));
    let owner = -1;
    for (let left = 1200; left > 0 && owner < 0; left--) {
      const now = await Promise.all(began.map((j, n) => job(nodes[n].node.url, j.id)));
      owner = now.findIndex((j) => j.progress.wan_bytes >= size / 2);
      if (owner < 0) await wait(25);
    }
    assert.ok(owner >= 0, 'nobody fetched half of it');
    await nodes[owner].node.kill();
    const rest = [0, 1, 2].filter((n) => n !== owner);
    await Promise.all(rest.map((n) => arrived(n, 'killed', began[n].id, 120)));
    // Four pieces are a window; the origin also counts what was on its way to the one that died.
    const wan = await overWan('killed');
    assert.ok(wan <= size + 5 * piece, `${wan} bytes left the origin`);
    // It comes back and gets the rest from the others.
    await nodes[owner].start();
    await together();
    await arrived(owner, 'killed', began[owner].id, 120);
    assert.ok(await overWan('killed') <= size + 5 * piece, 'the one that came back fetched anew');
  });
});
