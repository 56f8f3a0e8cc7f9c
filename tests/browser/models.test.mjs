// Models and actors through the page, and names that mean harm.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { call, job, submit, until } from '../e2e/support/api.mjs';
import { smallModel } from '../e2e/support/gguf.mjs';
import { serve, temporary } from '../e2e/support/hive.mjs';
import { listening, smallHub } from '../e2e/support/small-hub.mjs';
import { closeBrowser, eventually, row, visit } from './support/browser.mjs';

const evil = '<img src=x onerror="window.harmed=1"><script>window.harmed=1</script>';
const files = {
  'README.md': Buffer.from('# tiny'), 'tiny-Q4_K_M.gguf': smallModel(Buffer.alloc(900_000, 7)),
  [`${evil.replaceAll('/', '')}.bin`]: Buffer.from('harm'), 'large.bin': Buffer.alloc(12 << 20, 3),
};
let [home, node, server] = [];

before(async () => {
  const hub = smallHub('acme/tiny', files);
  server = createServer(hub.handler);
  const port = await listening({ after() {} }, server);
  home = await temporary();
  node = await serve(home.path, { env: { HF_ENDPOINT: `http://127.0.0.1:${port}`, HIVE_ADOPT: 'off' } });
});
after(async () => {
  await closeBrowser();
  await node?.stop();
  server?.closeAllConnections();
  server?.close();
  await home?.remove();
});
const pulled = async (ref, more) => until(node.url, (await submit(node.url, ref, more)).id);

test('a model is shown with what it is and how tools use it, pinned, verified and removed', async (t) => {
  const { artifact } = await pulled('hf:acme/tiny:Q4_K_M');
  const page = await visit(t, node.url, '#/models', { permissions: ['clipboard-read', 'clipboard-write'] });
  await row(page, 'hf:acme/tiny:Q4_K_M').getByText(/gguf · llama/).waitFor();
  await page.getByRole('link', { name: 'hf:acme/tiny:Q4_K_M' }).click();
  await page.getByText('Quantisation').waitFor();
  const { path } = (await call(node.url, 'GET', `/v1/artifacts/${artifact}`)).json;
  await page.getByRole('button', { name: 'Copy llama.cpp command' }).click();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), new RegExp(`^llama-cli -m ${path}.*-p "Hello"$`));
  assert.match(await page.getByLabel('HF_ENDPOINT command', { exact: true }).innerText(), new RegExp(`HF_ENDPOINT=${node.url}\nhf download acme/tiny`));
  await page.getByRole('button', { name: 'Pin', exact: true }).click();
  await page.getByRole('button', { name: 'Unpin' }).waitFor();
  assert.equal((await call(node.url, 'GET', `/v1/artifacts/${artifact}`)).json.pinned, true);
  assert.equal(await page.getByRole('button', { name: 'Remove' }).isDisabled(), true);
  await page.getByRole('button', { name: 'Unpin' }).click();
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('Done', { exact: true }).waitFor();
  await page.goto(`${node.url}/#/models/${artifact}`);
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByText(/Up to .* come free/).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText(/came free/).waitFor();
  assert.equal((await call(node.url, 'GET', `/v1/artifacts/${artifact}`)).status, 404);
});

test('names of models and files are text, whatever they say', async (t) => {
  const folder = join(home.path, `in ${evil.replaceAll('/', '')}`);
  await mkdir(folder);
  await writeFile(join(folder, `${evil.replaceAll('/', '')}.gguf`), smallModel(Buffer.alloc(1000)));
  const { id, artifact } = await pulled(`file:${folder}`, { kind: 'import' });
  const mine = await pulled('hf:acme/tiny', { include: ['*.bin'], exclude: ['large*'] });
  const page = await visit(t, node.url, '#/jobs');
  for (const hash of ['jobs', `jobs/${id}`, `jobs/${mine.id}`, 'models', `models/${artifact}`, 'actors', `add?ref=${encodeURIComponent(`file:${folder}`)}`, `add?ref=${encodeURIComponent(evil)}`, `jobs/${encodeURIComponent(evil)}`]) {
    await page.goto(`${node.url}/#/${hash}`);
    await eventually(`${hash} says something`, async () => (await page.getByRole('main').innerText()).length > 30);
    if (hash === 'jobs' || hash.startsWith('models/')) await page.getByText('<img src=x').first().waitFor();
    assert.equal(await page.evaluate(() => window.harmed), undefined);
    assert.equal(await page.locator('main img, main script').count(), 0);
  }
});

test('actors are a tree and a list; one is looked into, and its job cancelled in the picture', async (t) => {
  await call(node.url, 'PATCH', '/v1/limits', { download_rate: 500_000 });
  const { id } = await submit(node.url, 'hf:acme/tiny', { include: ['large.bin'] });
  await until(node.url, id, ({ progress }) => progress.received > 0);
  const page = await visit(t, node.url, '#/actors');
  await row(page, /^ *supervisor/).waitFor();
  await page.getByRole('button', { name: 'Greatest' }).click();
  await page.getByRole('button', { name: 'Messages', exact: true }).click();
  await page.getByRole('list', { name: 'Actors' }).getByText('heartbeat').first().waitFor();
  await page.getByRole('list', { name: 'Actors' }).getByRole('link', { name: 'transfer', includeHidden: true }).first().click();
  await page.getByText('What it says of itself').waitFor();
  await page.getByText('large.bin').first().waitFor();
  await page.getByRole('heading', { name: 'Last messages' }).waitFor();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Trace 5 s' }).click();
  await page.goto(`${node.url}/#/actors`);
  await page.getByRole('button', { name: 'Picture' }).click();
  const node_of = (name) => page.locator(`[data-actor=${name}]`);
  await node_of('download').waitFor();
  await node_of('job').click();
  await page.getByRole('button', { name: 'Cancel its work' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel its work' }).click();
  for (const name of ['job', 'download', 'heartbeat', 'transfer']) await page.locator(`[data-actor=${name}].gone`).waitFor();
  await eventually('those who ended are gone from the picture', async () => await node_of('download').count() === 0);
  assert.equal((await job(node.url, id)).state, 'cancelled');
  assert.match((await saved).suggestedFilename(), /^hive-trace-\d+\.json$/);
  await call(node.url, 'PATCH', '/v1/limits', { download_rate: 0 });
});

test('a node that asks for its token is opened with it', async (t) => {
  const other = await temporary();
  t.after(other.remove);
  const locked = await serve(other.path, { listen: '0.0.0.0:0', env: { HIVE_TOKEN: 'correct-horse' } });
  t.after(() => locked.stop());
  const page = await visit(t, locked.url, '#/jobs');
  await page.getByLabel('Token').fill('wrong');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('This node asks for its token').waitFor();
  await page.getByLabel('Token').fill('correct-horse');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('No jobs yet.').waitFor();
});
