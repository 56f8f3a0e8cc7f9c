// Debian's Chromium with the page of a node open in it. Errors of the page, and what its policy refuses, fail the test.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { packages } from '../../e2e/support/packages.mjs';

const require = await packages('browser');
const { chromium } = require('playwright-core');

const places = [process.env.HIVE_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'];
const executablePath = places.find((path) => path && existsSync(path));

let running = null;
export async function browser() {
  assert.ok(executablePath, 'there is no Chromium: install the package chromium, or say where it is with HIVE_CHROMIUM');
  running ??= await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  return running;
}
export const closeBrowser = async () => { await running?.close(); running = null; };

// `complaints`: what the console said that the test did not expect.
export async function visit(t, url, hash = '', { width = 1280, height = 800, theme = 'light', ignore = /status of 4\d\d|ERR_CONNECTION|ERR_SOCKET_NOT_CONNECTED|ERR_EMPTY|ERR_INCOMPLETE|Failed to fetch/, ...more } = {}) {
  const context = await (await browser()).newContext({ viewport: { width, height }, colorScheme: theme, ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (said) => { if (said.type() === 'error' && !ignore.test(said.text())) complaints.push(said.text()); });
  page.on('request', (asked) => { if (!asked.url().startsWith(url) && !asked.url().startsWith('data:') && !asked.url().startsWith('blob:')) complaints.push(`asked ${asked.url()}`); });
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  await page.goto(`${url}/${hash}`);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  return page;
}

// axe has nothing to say of the page as it stands.
export async function judge(page, what) {
  if (await page.evaluate(() => !window.axe)) await page.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${what}: ${id} ${nodes.slice(0, 3).map((one) => one.target.join(' ')).join(', ')}`), []);
}

export async function eventually(what, ask, seconds = 15) {
  let last;
  for (let left = seconds * 20; left > 0; left--) {
    try {
      last = await ask();
      if (last) return last;
    } catch (why) { last = why; }
    await wait(50);
  }
  throw new Error(`never: ${what} (${last})`);
}

export const row = (page, text) => page.getByRole('listitem').filter({ hasText: text });
