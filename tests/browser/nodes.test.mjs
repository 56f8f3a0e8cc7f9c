// A hive of three through the page of one of them: jobs and actors of the others, what the hive is to hold, a node that is
// killed and comes back under the open page, and what a minority may not do.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { call, job, submit, until } from '../e2e/support/api.mjs';
import { startHub } from '../e2e/support/hub.mjs';
import { allSee, lab, memberOf, members, settles } from '../e2e/support/lab.mjs';
import { closeBrowser, eventually, judge, row, visit } from './support/browser.mjs';

const MiB = 1 << 20;
const long = { timeout: 90_000 }; // of what waits for another node
const shots = join(dirname(fileURLToPath(import.meta.url)), '../../build/page-shots');
const names = ['ada', 'bob', 'cay'];
let [hub, three] = [];
const urlOf = (name) => three.nodes[name].node.url;
const hold = (name, download_rate) => call(urlOf(name), 'PATCH', '/v1/limits', { download_rate });
const together = () => settles(() => allSee(Object.values(three.nodes), 'ok', 3), 90);
const artifactsOf = async (name) => (await call(urlOf(name), 'GET', '/v1/artifacts')).json.artifacts;

before(async () => {
  await mkdir(shots, { recursive: true });
  hub = await startHub([
    { id: 'acme/tiny', files: { 'model.bin': MiB } },
    { id: 'acme/other', files: { 'model.bin': MiB + 1 } },
    { id: 'acme/slow', files: { 'config.json': 700, 'model.bin': 40 * MiB } },
    { id: 'acme/late', files: { 'config.json': 700, 'model.bin': 40 * MiB + 1 } },
  ]);
  three = await lab(names, { cay: ['--labels', 'gpu'] }, { HF_ENDPOINT: hub.endpoint, HIVE_ADOPT: 'off', HIVE_STORE_BUDGET: '1' });
  await together();
});
after(async () => {
  await closeBrowser();
  await three?.stop();
  await hub?.stop();
});

// The page is never loaded again: what is set here stays.
const mark = (page) => page.evaluate(() => { window.stayed = true; });
const stayed = (page) => page.evaluate(() => window.stayed === true);

test('a pull for every node is seen in the jobs of all, in the matrix and in the wishes, and is taken back', async (t) => {
  const page = await visit(t, urlOf('ada'), '#/add?ref=hf:acme/tiny');
  await page.getByTestId('plan').waitFor();
  await page.getByLabel('Where').selectOption('nodes with a label');
  assert.equal(await page.getByRole('button', { name: 'Pull', exact: true }).isDisabled(), true, 'which label?');
  await page.getByLabel('Label', { exact: true }).fill('gpu');
  await page.getByLabel('Where').selectOption('some nodes, by number');
  await page.getByLabel('How many').fill('none');
  assert.equal(await page.getByRole('button', { name: 'Pull', exact: true }).isDisabled(), true, 'how many?');
  await page.getByLabel('Where').selectOption('every node');
  await page.getByRole('button', { name: 'Pull', exact: true }).click();
  await page.waitForURL(/#\/jobs\?node=all$/);
  for (const name of names) await row(page, 'hf:acme/tiny').filter({ hasText: name }).getByText('Done').waitFor(long);
  await page.getByLabel('Node').selectOption('cay');
  await eventually('only those of cay', async () => await row(page, 'hf:acme/tiny').count() === 1);
  await page.getByRole('link', { name: 'Hive', exact: true }).click();
  const matrix = page.getByRole('region', { name: 'Who holds what' });
  await eventually('all three hold it', async () => await matrix.locator('.has').count() === 3, 60);
  const wishes = page.getByRole('region', { name: 'Wishes' });
  await wishes.getByRole('row', { name: /acme\/tiny/ }).getByText('every node').waitFor();
  await wishes.getByRole('button', { name: /^Withdraw hf:acme\/tiny/ }).click();
  await page.getByRole('dialog').getByText(/Copies that are there stay/).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
  await page.getByText('There is none.').waitFor();
  assert.deepEqual((await call(urlOf('ada'), 'GET', '/v1/wishes')).json.wishes.filter((one) => !one.withdrawn), []);
  const made = (await call(urlOf('ada'), 'POST', '/v1/jobs', { ref: 'hf:acme/other', on: 'label=gpu' })).json;
  assert.deepEqual(made.placed.map(({ name }) => name), ['cay']);
  await wishes.getByRole('row', { name: /acme\/other/ }).getByText('label=gpu').waitFor(long); // asked for elsewhere, seen here
  await call(urlOf('ada'), 'DELETE', `/v1/wishes/${made.wish}`);
});

test('a job for another node is followed, paused, cancelled and tried again from here', async (t) => {
  await hold('bob', 500_000);
  const page = await visit(t, urlOf('ada'), '#/add?ref=hf:acme/slow');
  await page.getByTestId('plan').waitFor();
  await page.getByLabel('Where').selectOption('bob');
  await page.getByRole('button', { name: 'Pull', exact: true }).click();
  await page.waitForURL(/#\/jobs\/[0-9A-Z]{26}$/);
  const id = page.url().split('/').at(-1);
  const state = page.locator('.hero .status');
  await state.getByText('on bob').waitFor();
  await state.getByText('Fetching').waitFor(long);
  await page.getByRole('region', { name: 'Files of this job' }).getByText('model.bin').waitFor();
  await eventually('it is seen to advance', async () => /^[1-9][\d.]* [kM]B received/.test(await page.getByRole('progressbar').first().getAttribute('aria-valuetext')), 60);
  await page.getByRole('region', { name: /^Lanes of/ }).waitFor(long);
  const told = page.getByRole('list', { name: /^What happened/ });
  assert.ok(await told.getByRole('listitem').count() > 2, 'its narration is here');
  // Its events overtake every list that says whose it is.
  const late = await visit(t, urlOf('ada'), '#/settings');
  await late.route('**/v1/jobs?all=true*', async (route) => {
    const response = await route.fetch();
    await wait(2000);
    await route.fulfill({ response }).catch(() => undefined);
  });
  await late.evaluate((hash) => { location.hash = hash; }, `#/jobs/${id}`);
  await late.locator('.hero .status').getByText('on bob').waitFor({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Pause' }).click();
  await state.getByText('Paused', { exact: true }).waitFor();
  assert.equal((await job(urlOf('bob'), id)).state, 'paused');
  await page.getByRole('button', { name: 'Resume' }).click();
  await state.getByText('Fetching').waitFor(long);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel, keep bytes' }).click();
  await state.getByText('Cancelled').waitFor();
  assert.equal((await job(urlOf('bob'), id)).state, 'cancelled');
  assert.equal((await call(urlOf('ada'), 'GET', '/v1/jobs')).json.jobs.some((one) => one.id === id), false, 'it never was a job of ada');
  await page.getByRole('link', { name: 'Jobs' }).first().click();
  await page.getByLabel('Node').selectOption('bob');
  const line = row(page, 'hf:acme/slow');
  await line.getByRole('button', { name: /^Retry / }).click();
  await line.getByText('Fetching').waitFor(long);
  await call(urlOf('bob'), 'POST', `/v1/jobs/${id}/cancel`);
  await line.getByText('Cancelled').waitFor(long); // told by nobody here: the page asks
  await hold('bob', 0);
});

test('actors of another node are looked into; what is done to them is done there', async (t) => {
  const page = await visit(t, urlOf('ada'), '#/actors');
  await page.getByLabel('Node').selectOption('bob');
  await page.getByRole('searchbox').fill('peer');
  await row(page, /^ *peer .*ada/).waitFor(long); // ada itself has links to bob and cay
  await page.getByRole('searchbox').fill('narrator');
  await row(page, /^ *narrator/).getByRole('link', { includeHidden: true }).first().click();
  await page.getByRole('heading', { level: 1, name: /narrator/ }).waitFor();
  await page.locator('.head').getByText('on bob').waitFor();
  await page.getByText('What it says of itself').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Restart' }).count(), 0);
  await page.getByRole('link', { name: 'supervisor' }).first().click();
  await page.getByRole('heading', { level: 1, name: /supervisor/ }).waitFor();
  await page.locator('.head').getByText('on bob').waitFor();
  await page.getByRole('link', { name: 'Actors' }).first().click();
  await page.getByLabel('Node').selectOption({ index: 0 });
  await page.getByRole('searchbox').fill('');
});

for (const theme of ['light', 'dark']) {
  test(`axe finds nothing in what is of several nodes, and a phone shows it, ${theme}`, async (t) => {
    await call(urlOf('ada'), 'POST', '/v1/jobs', { ref: 'hf:acme/tiny', on: 'all', update: true });
    const { jobs } = (await call(urlOf('ada'), 'GET', '/v1/jobs?all=true')).json;
    const other = jobs.find(({ node, ref }) => node.name === 'bob' && ref.includes('slow'));
    for (const [size, more] of [['wide', {}], ['phone', { width: 360, height: 740, hasTouch: true, isMobile: true }]]) {
      const page = await visit(t, urlOf('ada'), '', { theme, ...more });
      for (const [what, hash, there] of [
        ['jobs-all', 'jobs?node=all', () => row(page, 'hf:acme/tiny').filter({ hasText: 'cay' }).first()],
        ['job-other', `jobs/${other.id}`, () => page.getByText('on bob').first()],
        ['actors-other', 'actors?node=bob', () => row(page, /^ *supervisor/)],
        ['hive-three', 'hive', () => page.getByRole('region', { name: 'Wishes' })],
        ['add-on', 'add?ref=hf:acme/tiny', () => page.getByTestId('plan')],
      ]) {
        await page.goto(`${urlOf('ada')}/#/${hash}`);
        await there().waitFor(long);
        if (what === 'add-on') await page.getByLabel('Where').selectOption('k');
        if (size === 'wide') await judge(page, what);
        else assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 360, `${what} is wider than a phone`);
        await page.screenshot({ path: join(shots, `${what}-${size}-${theme}.png`), fullPage: what === 'hive-three' });
      }
    }
  });
}

test('a node that is killed is shown as away with why, and as back, and its job goes on, all under the open page', async (t) => {
  await hold('bob', 400_000);
  const { id } = await submit(urlOf('ada'), 'hf:acme/late', { on: 'bob' });
  const pages = {};
  for (const [what, hash] of [['hive', 'hive'], ['list', 'jobs?node=bob'], ['one', `jobs/${id}`], ['actors', 'actors?node=bob']]) {
    pages[what] = await visit(t, urlOf('ada'), `#/${hash}`, { ignore: /status of [45]\d\d/ });
    await mark(pages[what]);
  }
  const member = pages.hive.getByRole('region', { name: 'Members' }).getByRole('row', { name: /bob/ });
  await member.getByText('ok', { exact: true }).waitFor(long);
  await row(pages.list, 'hf:acme/late').getByText('Fetching').waitFor(long);
  await pages.one.locator('.hero').getByText('Fetching').waitFor(long);
  await row(pages.actors, /^ *supervisor/).waitFor(long);
  await three.nodes.bob.node.kill('SIGKILL');
  await member.getByText(/^(unreachable|down)$/).waitFor(long);
  await member.getByText(/(reset|refused|closed|silence).* (ago|just now), seen by (ada|cay)/).first().waitFor(long);
  await pages.list.getByText(/bob does not answer/).waitFor(long);
  await row(pages.list, 'hf:acme/late').waitFor();
  await pages.one.getByText(/bob does not answer/).waitFor(long);
  await pages.actors.getByRole('alert').filter({ hasText: /bob cannot be reached/ }).waitFor(long);
  await judge(pages.list, 'jobs of a node that is away');
  await pages.list.screenshot({ path: join(shots, 'jobs-away.png') });
  await pages.hive.screenshot({ path: join(shots, 'hive-away.png'), fullPage: true });
  await three.nodes.bob.start();
  await member.getByText('ok', { exact: true }).waitFor(long);
  await pages.list.getByText(/bob does not answer/).waitFor({ state: 'detached', ...long });
  await pages.one.getByText(/bob does not answer/).waitFor({ state: 'detached', ...long });
  await pages.actors.getByRole('alert').waitFor({ state: 'detached', ...long });
  await hold('bob', 0);
  await pages.one.locator('.hero').getByText('Done').waitFor(long);
  await pages.one.getByText('every file is here and verified').waitFor(long);
  await row(pages.list, 'hf:acme/late').getByText('Done').waitFor(long);
  for (const page of Object.values(pages)) assert.ok(await stayed(page));
});

test('a minority destroys nothing, until somebody has read what it may cost', async (t) => {
  await together();
  await until(urlOf('ada'), (await submit(urlOf('ada'), 'hf:acme/other')).id);
  for (const name of ['bob', 'cay']) await three.nodes[name].node.kill('SIGKILL');
  await settles(async () => (await members(three.nodes.ada.node)).island.visible === 1, 90);
  const before = await artifactsOf('ada');
  assert.ok(before.length > 1);
  const page = await visit(t, urlOf('ada'), '#/models');
  const ask = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Remove hf:acme/other' }).click();
  await ask.getByRole('button', { name: 'Remove', exact: true }).click();
  await ask.getByText(/only 1 of 3 known members of the hive are in reach, and 2 are needed/).waitFor();
  await ask.getByText(/this copy may be the last one/).waitFor();
  await judge(page, 'a question of a minority');
  await page.screenshot({ path: join(shots, 'no-majority.png') });
  await ask.getByRole('button', { name: 'Back' }).click();
  assert.equal((await artifactsOf('ada')).length, before.length, 'nothing has gone');
  await page.getByRole('button', { name: 'Remove hf:acme/other' }).click();
  await ask.getByRole('button', { name: 'Remove', exact: true }).click();
  await ask.getByRole('button', { name: 'Remove all the same' }).click();
  await page.getByText(/Removed hf:acme\/other/).waitFor();
  assert.equal((await artifactsOf('ada')).length, before.length - 1);
  await page.getByRole('button', { name: 'Clean up' }).click();
  await ask.getByRole('button', { name: 'Clean up' }).click();
  await ask.getByText(/copies may be the last ones/).waitFor();
  await ask.getByRole('button', { name: 'Clean up all the same' }).click();
  await page.getByText(/came free/).last().waitFor();
  await eventually('what was over the budget is gone', async () => (await artifactsOf('ada')).length === 0);
  await page.goto(`${urlOf('ada')}/#/hive`);
  await page.getByRole('button', { name: 'Forget bob' }).click();
  await ask.getByRole('button', { name: 'Forget', exact: true }).click();
  await ask.getByText(/may take itself for the larger one/).waitFor();
  await ask.getByRole('button', { name: 'Forget all the same' }).click();
  await page.getByText('bob is forgotten').waitFor();
  assert.equal((await memberOf(three.nodes.ada.node, 'bob'))?.state ?? 'forgotten', 'forgotten');
});
