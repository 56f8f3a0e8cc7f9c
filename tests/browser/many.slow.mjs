// The page beside ten thousand jobs of a real node, and open for long: its heap stays, and idle it costs next to nothing.
// HIVE_MINUTES: how long it is watched (5). Nor does it grow with every restart of the node.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { call, submit } from '../e2e/support/api.mjs';
import { serve, temporary } from '../e2e/support/hive.mjs';
import { tricklingHub } from '../e2e/support/trickling-hub.mjs';
import { closeBrowser, eventually, row, visit } from './support/browser.mjs';

const minutes = Number(process.env.HIVE_MINUTES ?? 5);
const many = 10_000;
const atOnce = 20; // each tells of its progress once a second

async function running(t) {
  const hub = await tricklingHub(t, new Set());
  const home = await temporary();
  const start = (listen) => serve(home.path, { listen, env: { HF_ENDPOINT: hub.endpoint, HIVE_ADOPT: 'off' } });
  let node = await start();
  const { url } = node;
  t.after(async () => {
    await closeBrowser();
    await node.stop();
    await home.remove();
  });
  return { url, restart: async () => { await node.stop(); node = await start(url.replace('http://', '')); } };
}

async function submitted(url, count) {
  let next = 0;
  await Promise.all(Array.from({ length: 16 }, async () => { while (next < count) await submit(url, `hf:acme/slow-${next++}`); }));
}
const counted = (page, count) => eventually('all of them are counted', async () => page.getByRole('button', { name: `All ${count.toLocaleString('en')}` }).isVisible(), 60);

async function watched(page) {
  const tools = await page.context().newCDPSession(page);
  await tools.send('Performance.enable');
  return {
    heap: async () => {
      await tools.send('HeapProfiler.collectGarbage');
      return (await tools.send('Runtime.getHeapUsage')).usedSize;
    },
    // The share of a processor the page's thread took meanwhile.
    busy: async (seconds) => {
      const taken = async () => (await tools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value;
      const before = await taken();
      await wait(seconds * 1000);
      return (await taken() - before) / seconds;
    },
  };
}

test('an idle page takes under 2 % of a processor', { timeout: 120_000 }, async (t) => {
  const node = await running(t);
  const page = await visit(t, node.url, '#/jobs');
  const { busy } = await watched(page);
  await wait(3000);
  const share = await busy(20);
  t.diagnostic(`${(share * 100).toFixed(2)} % of a processor`);
  assert.ok(share < 0.02, `${share}`);
});

test(`ten thousand jobs for ${minutes} minutes at ${atOnce} events a second leave the heap as it was`, { timeout: (minutes + 5) * 60_000 }, async (t) => {
  const node = await running(t);
  await call(node.url, 'PATCH', '/v1/limits', { max_jobs: atOnce });
  await submitted(node.url, many);
  const page = await visit(t, node.url, '#/jobs');
  await counted(page, many);
  const list = page.getByRole('list', { name: 'Jobs' });
  assert.ok(await list.getByRole('listitem').count() < 80, 'only what is seen is there');
  const { heap, busy } = await watched(page);
  await wait(30_000);
  const first = await heap();
  let last = first;
  let share = 0;
  const megabytes = [first];
  for (let minute = 1; minute < minutes; minute++) {
    share += await busy(60) / (minutes - 1);
    megabytes.push(last = await heap());
  }
  t.diagnostic(`heap, MB by the minute: ${megabytes.map((bytes) => (bytes / 1e6).toFixed(1)).join(' ')}; ${(share * 100).toFixed(1)} % of a processor`);
  assert.ok(last < first * 1.1 + 1e6, `${first} bytes became ${last}`);
  await page.getByLabel('Search jobs').fill('slow-5678');
  await row(page, 'slow-5678').waitFor();
});

const some = Number(process.env.HIVE_JOBS ?? 3000);
const restarts = 4;

test(`${restarts} restarts of the node under a page with ${some} jobs leave the heap as the first one did`, { timeout: 600_000 }, async (t) => {
  const node = await running(t);
  await submitted(node.url, some);
  const page = await visit(t, node.url, '#/jobs');
  await counted(page, some);
  const { heap } = await watched(page);
  const settled = async () => {
    await counted(page, some);
    await wait(15_000); // what was told is away again, and the line has been asked for
    return heap();
  };
  const all = [await settled()];
  for (let n = 0; n < restarts; n++) {
    const again = page.waitForResponse((got) => got.url().endsWith('/v1/events') && got.ok(), { timeout: 120_000 });
    const listed = again.then(() => page.waitForResponse(/v1\/jobs\?limit=1000/, { timeout: 60_000 }));
    await Promise.all([listed, node.restart()]);
    all.push(await settled());
  }
  t.diagnostic(`heap, MB, before and after each restart: ${all.map((bytes) => (bytes / 1e6).toFixed(2)).join(' ')}`);
  const [, first] = all;
  assert.ok(all.at(-1) < first * 1.05 + 3e5, `${first} bytes became ${all.at(-1)}`);
  assert.ok(first < all[0] * 1.15 + 5e5, `${all[0]} bytes became ${first} with the first one`);
});
