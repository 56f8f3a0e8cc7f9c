// How the page looks and behaves for everyone: axe over every page in both themes, phone width, and ten thousand jobs.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { call, submit, until } from '../e2e/support/api.mjs';
import { smallModel } from '../e2e/support/gguf.mjs';
import { serve, temporary } from '../e2e/support/hive.mjs';
import { listening, smallHub } from '../e2e/support/small-hub.mjs';
import { closeBrowser, eventually, judge, row, visit } from './support/browser.mjs';

const many = 10_000;
const shots = join(dirname(fileURLToPath(import.meta.url)), '../../build/page-shots');
let [home, node, server, moving, failed, artifact, pages] = [];

before(async () => {
  await mkdir(shots, { recursive: true });
  const tiny = smallHub('acme/tiny-GGUF', { 'README.md': Buffer.from('# tiny'), 'tiny-Q4_K_M.gguf': smallModel(Buffer.alloc(900_000, 7)), 'tiny-Q8_0.gguf': smallModel(Buffer.alloc(1_900_000, 8)), 'large.bin': Buffer.alloc(32 << 20, 3) });
  server = createServer((request, response) => {
    if (request.url.includes('/acme/never')) return; // it takes for ever
    tiny.handler(request, response);
  });
  const port = await listening({ after() {} }, server);
  home = await temporary();
  node = await serve(home.path, { env: { HF_ENDPOINT: `http://127.0.0.1:${port}`, HIVE_ADOPT: 'off' } });
  ({ artifact } = await until(node.url, (await submit(node.url, 'hf:acme/tiny-GGUF:Q4_K_M')).id));
  await call(node.url, 'PATCH', '/v1/limits', { download_rate: 300_000, max_jobs: 2 });
  ({ id: moving } = await submit(node.url, 'hf:acme/tiny-GGUF', { include: ['large.bin'] }));
  ({ id: failed } = await submit(node.url, 'file:/nowhere/at/all'));
  await until(node.url, failed);
  for (const n of [1, 2, 3]) await submit(node.url, `hf:acme/never-${n}`);
  pages = ['jobs', `jobs/${moving}`, `jobs/${failed}`, 'add?ref=hf:acme/tiny-GGUF', 'models', `models/${artifact}`, 'hive', 'actors', 'settings'];
});
after(async () => {
  await closeBrowser();
  await node?.stop();
  server?.closeAllConnections();
  server?.close();
  await home?.remove();
});

const ready = async (page, hash) => {
  await page.goto(`${node.url}/#/${hash}`);
  await eventually(`${hash} is there`, async () => !(await page.getByRole('main').innerText()).includes('Loading…'));
  if (hash.startsWith('add')) await page.getByTestId('plan').waitFor();
};

for (const theme of ['light', 'dark']) {
  test(`axe finds nothing on any page, ${theme}`, async (t) => {
    const page = await visit(t, node.url, '', { theme });
    for (const hash of pages) {
      await ready(page, hash);
      await page.screenshot({ path: join(shots, `${hash.split(/[/?]/)[0]}${hash.includes('/') ? '-one' : ''}-${theme}.png`) });
      await judge(page, hash);
    }
    await ready(page, 'actors');
    await page.getByRole('button', { name: 'Picture' }).click();
    await page.locator('[data-actor=job]').first().click();
    await judge(page, 'picture');
    await page.getByRole('button', { name: 'Cancel its work' }).click();
    await judge(page, 'question');
  });
}

test('on a phone nothing is wider than the screen', async (t) => {
  const page = await visit(t, node.url, '', { width: 360, height: 740, hasTouch: true, isMobile: true });
  for (const hash of pages) {
    await ready(page, hash);
    await page.screenshot({ path: join(shots, `phone-${hash.split(/[/?]/)[0]}${hash.includes('/') ? '-one' : ''}.png`) });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${hash} is ${wide} wide`);
  }
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await row(page, 'large.bin').or(row(page, 'acme/tiny-GGUF')).first().waitFor();
});

test('keys go everywhere, and the theme is remembered', async (t) => {
  const page = await visit(t, node.url, '#/jobs');
  await page.keyboard.press('g');
  await page.keyboard.press('m');
  await page.getByRole('heading', { name: 'Models' }).waitFor();
  await page.keyboard.press('n');
  await page.getByRole('heading', { name: 'New pull' }).waitFor();
  await page.getByRole('button', { name: /^Colours/ }).click();
  await page.getByRole('button', { name: 'Colours: light' }).click();
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
  await page.reload();
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
});

test('members are shown with what is wrong between them', async (t) => {
  const page = await visit(t, node.url, '#/jobs');
  const member = (name, more) => ({
    id: `01M00000000000000000000${name.padStart(3, '0').toUpperCase()}`, name, state: 'up', reachability: 'ok', self: false, linked: true, draining: false, version: '0.1.0', incarnation: 1,
    addresses: ['10.0.0.1:7836'], labels: ['gpu'], free_disk: 1 << 30, seen: [], artifacts: [], artifact_count: 0, ...more,
  });
  const members = [member('one', { self: true }), member('two', { draining: true }), member('six', { reachability: 'unreachable', linked: false, seen: [{ by: '01M00000000000000000000ONE', since: '2026-01-01T00:00:00.000Z', cause: 'silence' }] })];
  await page.route('**/v1/members', (route) => route.fulfill({ json: { members, next_cursor: null, artifacts: [], in_hive: true, island: { visible: 1, expected: 3, majority: false, isolated: true, since: null } } }));
  const asked = [];
  await page.route('**/v1/members/*/*', (route) => { asked.push(new URL(route.request().url()).pathname); return route.fulfill({ json: {} }); });
  await page.goto(`${node.url}/#/hive`);
  await page.getByText('This node sees 1 of 3 members').waitFor();
  await page.getByText('unreachable').waitFor();
  await page.getByText(/silence .*seen by/).waitFor();
  await judge(page, 'members');
  await page.getByRole('button', { name: 'Forget six' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
  await page.getByText('six is forgotten').waitFor();
  assert.deepEqual(asked, [`/v1/members/${members[2].id}/forget`]);
  await page.goto(`${node.url}/#/add?ref=hf:acme/tiny-GGUF`);
  await page.getByLabel('Where').selectOption('two');
});

test('ten thousand jobs are a list one can move in', async (t) => {
  const page = await visit(t, node.url, '#/hive');
  const { jobs: [one] } = (await call(node.url, 'GET', '/v1/jobs?limit=1')).json;
  const queued = { ...one, state: 'queued' };
  await page.route('**/v1/jobs?*', (route) => {
    const from = Number(new URL(route.request().url()).searchParams.get('cursor') || many);
    const jobs = Array.from({ length: 1000 }, (_, i) => ({ ...queued, id: `01M0000000000000000${String(from - i).padStart(7, '0')}`, ref: `hf:acme/queued-${from - i}`, position: from - i }));
    return route.fulfill({ json: { jobs, next_cursor: from > 1000 ? String(from - 1000) : null } });
  });
  await page.reload();
  await page.goto(`${node.url}/#/jobs`);
  await eventually('all of them are counted', async () => /All 10,000/.test(await page.getByRole('button', { name: /^All / }).innerText()));
  const list = page.getByRole('list', { name: 'Jobs' });
  assert.ok(await list.getByRole('listitem').count() < 80, 'only what is seen is there');
  await page.getByRole('button', { name: /^In line/ }).click();
  await list.getByRole('listitem').nth(1).focus();
  await page.keyboard.press('End');
  await row(page, `queued-${many}`).waitFor();
  await page.keyboard.press('Home');
  await page.getByLabel('Search jobs').fill('queued-5678');
  await row(page, 'queued-5678').waitFor();
  assert.equal(await list.getByRole('listitem').count(), 2);
});
