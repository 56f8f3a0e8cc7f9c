// Eight nodes pull one large model at once, with a WAN of 50 MB/s and links of 125 MB/s: how often it crosses the WAN,
// and how long that takes against one node alone. HIVE_SWARM_MIB sets the size.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { job, submit, until } from './support/api.mjs';
import { serve, temporary } from './support/hive.mjs';
import { startHub } from './support/hub.mjs';
import { allSee, lab, settles } from './support/lab.mjs';

const count = 8;
const size = Number(process.env.HIVE_SWARM_MIB ?? 1024) << 20;
const piece = 4 << 20;
// The vendor's bytes are held by the node that fetches: nginx can only hold single connections. Pieces of peers are not.
const rates = { HIVE_DOWNLOAD_RATE: '50MB', HIVE_UPLOAD_RATE: '125MB' };
const repos = ['alone', 'together', 'killed'].map((name) => ({ id: `org/${name}`, files: { 'model.safetensors': size } }));
let hub, eight, nodes, alone;

const seconds = async (work) => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};
async function overWan(repo) {
  const lines = await hub.log();
  return lines.filter((l) => l[0] === 'cdn' && l[3].includes(`/org/${repo}/`)).reduce((sum, l) => sum + Number(l[4]), 0);
}
const all = [...Array(count).keys()];
const done = (n, id) => until(nodes[n].node.url, id, (j) => j.state === 'succeeded', 600);

before(async () => {
  hub = await startHub(repos);
  eight = await lab(all.map((n) => `node${n}`), {}, { HF_ENDPOINT: hub.endpoint, ...rates });
  nodes = Object.values(eight.nodes);
  await settles(() => allSee(nodes, 'ok', count), 30, 'all see all');
});
after(async () => {
  await eight?.stop();
  await hub?.stop();
});

describe('eight nodes', { timeout: 1_800_000 }, () => {
  test('one node alone, for comparison', async () => {
    const home = await temporary();
    const node = await serve(home.path, { env: { HF_ENDPOINT: hub.endpoint, ...rates } });
    alone = await seconds(async () => {
      const one = await submit(node.url, 'hf:org/alone');
      await until(node.url, one.id, (j) => j.state === 'succeeded', 600);
    });
    await node.stop();
    await home.remove();
    console.log(`one node alone: ${alone.toFixed(1)} s`);
  });

  test('get it over the WAN once', async () => {
    const time = await seconds(async () => {
      const jobs = await Promise.all(all.map((n) => submit(nodes[n].node.url, 'hf:org/together')));
      await Promise.all(jobs.map((j, n) => done(n, j.id)));
    });
    const ratio = await overWan('together') / size;
    console.log(`eight together: ${time.toFixed(1)} s (${(time / alone).toFixed(2)} x alone), WAN ratio ${ratio.toFixed(3)}`);
    assert.ok(ratio <= 1.02, `WAN ratio ${ratio}`);
  });

  test('with the one that fetches killed at half, cost a window', async () => {
    let owner = -1;
    const time = await seconds(async () => {
      const jobs = await Promise.all(all.map((n) => submit(nodes[n].node.url, 'hf:org/killed')));
      while (owner < 0) {
        const now = await Promise.all(jobs.map((j, n) => job(nodes[n].node.url, j.id)));
        owner = now.findIndex((j) => j.progress.wan_bytes >= size / 2);
        await wait(20);
      }
      await nodes[owner].node.kill();
      await Promise.all(jobs.map((j, n) => (n === owner ? null : done(n, j.id))));
    });
    const wan = await overWan('killed');
    console.log(`with a death: ${time.toFixed(1)} s (${(time - alone).toFixed(1)} s more than alone), WAN ratio ${(wan / size).toFixed(3)}`);
    assert.ok(wan <= 1.02 * size + 5 * piece, `${wan} bytes left the origin`);
  });
});
