// Jobs through the page: asked for, watched, steered and cancelled, as a person would.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { call, job, submit, until } from '../e2e/support/api.mjs';
import { serve, temporary } from '../e2e/support/hive.mjs';
import { startHub } from '../e2e/support/hub.mjs';
import { closeBrowser, eventually, row, visit } from './support/browser.mjs';

const MiB = 1 << 20;
let [hub, home, node] = [];
const hold = (rate, jobs = 4) => call(node.url, 'PATCH', '/v1/limits', { download_rate: rate, max_jobs: jobs });

before(async () => {
  hub = await startHub([
    { id: 'acme/tiny', files: { 'README.md': 900, 'tiny-Q4_K_M.gguf': 6 * MiB, 'tiny-Q8_0.gguf': 12 * MiB } },
    { id: 'acme/large', files: { 'config.json': 700, 'model.safetensors': 40 * MiB } },
    { id: 'acme/other', files: { 'model.safetensors': 3 * MiB } },
    { id: 'acme/later', files: { 'model.bin': 20 * MiB } },
    { id: 'acme/quick', files: { 'config.json': 700 } },
    { id: 'acme/gated', gated: true, files: { 'config.json': 700 } },
    ...['one', 'two', 'three'].map((name) => ({ id: `acme/${name}`, files: { 'model.bin': 2 * MiB + name.length } })),
  ]);
  home = await temporary();
  node = await serve(home.path, { env: { HF_ENDPOINT: hub.endpoint, HIVE_ADOPT: 'off' } });
});
after(async () => {
  await closeBrowser();
  await node?.stop();
  await hub?.stop();
  await home?.remove();
});

describe('a new pull', () => {
  test('is understood while it is typed, shows what would come, and is watched to its end', async (t) => {
    await hold(0);
    const page = await visit(t, node.url, '#/jobs');
    await page.getByLabel('Reference to pull').fill('hf:acme/tiny');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByText('Hugging Face Hub').waitFor();
    const plan = page.getByTestId('plan');
    await plan.getByText('tiny-Q8_0.gguf').waitFor();
    assert.match(await plan.innerText(), /Takes 18\.9 MB on the disk/);
    await plan.getByRole('radio', { name: /Q4_K_M/ }).check();
    assert.equal(await page.getByLabel('Reference', { exact: true }).inputValue(), 'hf:acme/tiny:Q4_K_M');
    await eventually('only one file is left in the plan', async () => !(await plan.getByRole('table').innerText()).includes('Q8_0'));
    await page.getByRole('button', { name: 'Pull', exact: true }).click();
    await page.getByText('Done', { exact: true }).waitFor();
    assert.match(await page.getByRole('progressbar').first().getAttribute('aria-valuetext'), /6\.29 MB verified, of 6\.29 MB/);
    await page.getByText('every file is here and verified').waitFor();
    await page.goto(`${node.url}/#/add?ref=hf:acme/tiny:Q4_K_M`);
    await page.getByText('All of it is here already.').waitFor();
  });

  test('whose answer comes after its end is shown as it ended', async (t) => {
    await hold(0);
    const page = await visit(t, node.url, '#/add?ref=hf:acme/quick');
    await page.route('**/v1/jobs', async (route) => {
      const heard = page.waitForResponse(/v1\/jobs\?limit/); // the page asks for jobs it has heard of and does not know
      const response = await route.fetch();
      await until(node.url, (await response.json()).id);
      await heard;
      await route.fulfill({ response });
    });
    await page.getByTestId('plan').waitFor();
    await page.getByRole('button', { name: 'Pull', exact: true }).click();
    await page.getByText('Done', { exact: true }).waitFor();
  });

  test('that cannot be is refused with what to do', async (t) => {
    const page = await visit(t, node.url, '#/add');
    const ref = page.getByLabel('Reference', { exact: true });
    await ref.fill('hf:acme');
    await page.locator('#ref-says .error').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Pull', exact: true }).isDisabled(), true);
    await ref.fill('hf:acme/gated');
    await page.getByRole('alert').filter({ hasText: 'gated' }).waitFor();
    await page.getByRole('button', { name: 'Pull', exact: true }).click();
    await page.getByText('Failed', { exact: true }).waitFor();
    await page.getByText(/accept its terms there/).first().waitFor();
  });
});

test('a job is cancelled in the middle, tried again, paused and resumed, and no byte comes twice', async (t) => {
  await hold(1_000_000); // 40 s in all: a slow browser still finds it under way at each step
  const page = await visit(t, node.url, '#/jobs');
  const { id } = await submit(node.url, 'hf:acme/large');
  const line = row(page, 'hf:acme/large');
  await line.getByText('Fetching').waitFor();
  await until(node.url, id, (now) => now.progress.received > MiB);
  await line.getByRole('button', { name: /^Cancel / }).click();
  await page.getByRole('dialog').getByText(/have come/).waitFor();
  await page.getByRole('button', { name: 'Cancel, keep bytes' }).click();
  await line.getByText('Cancelled').waitFor();
  assert.equal((await job(node.url, id)).state, 'cancelled');
  await line.getByRole('button', { name: /^Retry / }).click();
  await line.getByText('Fetching').waitFor();
  await line.focus();
  await page.keyboard.press('p');
  await line.getByText('Paused', { exact: true }).waitFor();
  assert.equal((await job(node.url, id)).state, 'paused');
  await hold(0);
  await line.getByRole('button', { name: /^Resume / }).click();
  await line.getByText('Done').waitFor();
  const ended = await job(node.url, id);
  assert.equal(ended.progress.verified, 40 * MiB + 700);
});

test('jobs in line are put in another order, by keys and by hand', async (t) => {
  await hold(400_000, 1);
  const refs = ['other', 'one', 'two', 'three'].map((name) => `hf:acme/${name}`);
  const ids = [];
  for (const ref of refs) ids.push((await submit(node.url, ref)).id);
  const page = await visit(t, node.url, '#/jobs');
  await page.getByRole('button', { name: /^In line/ }).click();
  const inLine = async () => (await page.locator('.list .job .name').allInnerTexts()).map((text) => text.trim());
  await eventually('three are in line', async () => (await inLine()).join() === refs.slice(1).join());
  await row(page, refs[3]).focus();
  await page.keyboard.press('Alt+ArrowUp');
  await eventually('the third is second', async () => (await inLine()).join() === [refs[1], refs[3], refs[2]].join());
  assert.equal((await job(node.url, ids[3])).position, 2);
  await row(page, refs[2]).locator('.grip').dragTo(row(page, refs[1]));
  await eventually('the last is first', async () => (await inLine()).join() === [refs[2], refs[1], refs[3]].join());
  assert.equal((await job(node.url, ids[2])).position, 1);
  await call(node.url, 'PATCH', `/v1/jobs/${ids[3]}`, { position: 1 });
  await eventually('a move made elsewhere is shown', async () => (await inLine()).join() === [refs[3], refs[2], refs[1]].join());
  await row(page, refs[3]).getByRole('button', { name: /^Priority and limit/ }).click();
  await page.getByRole('dialog').getByRole('spinbutton').fill('5');
  await page.getByLabel('Its own limit').fill('2M');
  await page.getByRole('button', { name: 'Apply' }).click();
  await row(page, refs[3]).getByText('priority 5').waitFor();
  assert.equal((await job(node.url, ids[3])).max_rate, 2_000_000);
  await hold(0);
  for (const id of ids) await until(node.url, id);
});

test('a page nobody looks at gives its connection back, and is as new when it is looked at', async (t) => {
  await hold(0);
  const page = await visit(t, node.url, '#/jobs');
  const hide = (hidden) => page.evaluate((is) => {
    Object.defineProperty(document, 'hidden', { value: is, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await page.clock.install();
  const over = page.waitForEvent('requestfailed', (asked) => asked.url().endsWith('/v1/events'));
  await hide(true);
  await page.clock.fastForward(61_000);
  await over;
  const { id } = await submit(node.url, 'hf:acme/two', { update: true, include: ['model.bin'], priority: 7 });
  await until(node.url, id);
  assert.equal(await page.getByText('priority 7').count(), 0);
  await hide(false);
  await page.clock.resume();
  await page.getByText('priority 7').waitFor();
});

test('limits are changed live, and taken back', async (t) => {
  const page = await visit(t, node.url, '#/settings');
  const download = page.getByLabel(/^Download/);
  await download.fill('20M');
  await page.locator('.limit').first().getByRole('button', { name: 'Apply' }).click();
  await eventually('it holds', async () => (await call(node.url, 'GET', '/v1/limits')).json.download_rate === 20_000_000);
  await call(node.url, 'PATCH', '/v1/limits', { download_rate: 5_000_000 });
  await eventually('a change made elsewhere is shown', async () => await download.inputValue() === '5.00 MB');
  await page.locator('.limit').first().getByRole('button', { name: 'Take back' }).click();
  await eventually('it is taken back', async () => (await call(node.url, 'GET', '/v1/limits')).json.origins.download_rate.from === 'default');
});

test('a node restarted under the open page is told to be away, and the page goes on by itself', async (t) => {
  await hold(1_000_000);
  const page = await visit(t, node.url, '#/jobs');
  const { id } = await submit(node.url, 'hf:acme/later');
  await row(page, 'hf:acme/later').getByText('Fetching').waitFor();
  const { url } = node;
  await node.stop();
  await page.getByText('The node does not answer.').waitFor();
  node = await serve(home.path, { env: { HF_ENDPOINT: hub.endpoint, HIVE_ADOPT: 'off' }, listen: url.replace('http://', '') });
  await page.getByText('The node does not answer.').waitFor({ state: 'detached', timeout: 30_000 });
  await hold(0);
  await until(url, id);
  await row(page, 'hf:acme/later').getByText('Done').waitFor();
});
