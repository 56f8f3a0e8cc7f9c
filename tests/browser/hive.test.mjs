// A hive of two through the page: who holds what, and on which nodes a model is.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { submit, until } from '../e2e/support/api.mjs';
import { smallModel } from '../e2e/support/gguf.mjs';
import { allSee, lab, memberOf, settles } from '../e2e/support/lab.mjs';
import { listening, smallHub } from '../e2e/support/small-hub.mjs';
import { closeBrowser, eventually, judge, row, visit } from './support/browser.mjs';

const shots = join(dirname(fileURLToPath(import.meta.url)), '../../build/page-shots');
let [two, server, artifact] = [];
const urlOf = (name) => two.nodes[name].node.url;

before(async () => {
  await mkdir(shots, { recursive: true });
  const hub = smallHub('acme/tiny', { 'README.md': Buffer.from('# tiny'), 'tiny-Q4_K_M.gguf': smallModel(Buffer.alloc(900_000, 7)), 'tiny-Q8_0.gguf': smallModel(Buffer.alloc(900_000, 8)) });
  server = createServer(hub.handler);
  const port = await listening({ after() {} }, server);
  two = await lab(['ada', 'bob'], {}, { HF_ENDPOINT: `http://127.0.0.1:${port}`, HIVE_ADOPT: 'off' });
  await settles(() => allSee(Object.values(two.nodes), 'ok', 2), 60);
  for (const name of ['ada', 'bob']) ({ artifact } = await until(urlOf(name), (await submit(urlOf(name), 'hf:acme/tiny:Q4_K_M')).id));
  await until(urlOf('bob'), (await submit(urlOf('bob'), 'hf:acme/tiny:Q8_0')).id);
  await settles(async () => (await memberOf(two.nodes.ada.node, 'bob')).artifact_count === 2 && (await memberOf(two.nodes.ada.node, 'ada')).artifact_count === 1, 60);
});
after(async () => {
  await closeBrowser();
  await two?.stop();
  server?.closeAllConnections();
  server?.close();
});

for (const theme of ['light', 'dark']) {
  test(`the matrix says who holds what, also to who cannot see it, ${theme}`, async (t) => {
    const page = await visit(t, urlOf('ada'), '#/hive', { theme });
    const matrix = page.getByRole('region', { name: 'Who holds what' });
    await matrix.waitFor();
    assert.deepEqual(await matrix.getByRole('columnheader').allInnerTexts(), ['Artifact', 'ada', 'bob']);
    const cells = async (name) => {
      const line = matrix.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });
      return line.getByRole('cell').evaluateAll((all) => all.map((one) => one.textContent));
    };
    assert.deepEqual(await cells(/Q4_K_M/), ['held', 'held']);
    assert.deepEqual(await cells(/Q8_0/), ['not held', 'held']);
    assert.equal(await matrix.locator('.has').count(), 3);
    await judge(page, 'hive');
    await page.screenshot({ path: join(shots, `hive-of-two-${theme}.png`), fullPage: true });
  });
}

test('a model says on which nodes it is', async (t) => {
  const page = await visit(t, urlOf('ada'), '#/models');
  await row(page, 'hf:acme/tiny:Q4_K_M').getByText(/on ada, bob/).waitFor();
  await page.goto(`${urlOf('ada')}/#/models/${artifact}`);
  await page.getByText('On nodes').waitFor();
  await page.getByText('ada, bob', { exact: true }).waitFor();
});

test('what a node that is gone said last stays in the matrix, and is said to be that', async (t) => {
  const page = await visit(t, urlOf('ada'), '#/hive');
  await page.getByRole('region', { name: 'Who holds what' }).waitFor();
  await two.nodes.bob.node.kill('SIGKILL');
  await page.getByText('Of nodes that are away it is what they said last.').waitFor({ timeout: 60_000 });
  await eventually('the column says so', async () => /unreachable|down|suspect/.test(await page.getByRole('columnheader', { name: /bob/ }).innerText()), 60);
  assert.equal(await page.getByRole('region', { name: 'Who holds what' }).locator('.has').count(), 3);
});
