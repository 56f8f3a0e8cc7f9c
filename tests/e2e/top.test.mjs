// hive top on a terminal: keys in, screen out, and the terminal as it was afterwards.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { call, submit } from './support/api.mjs';
import { binary, environment, hive, serve, temporary } from './support/hive.mjs';
import { terminal } from './support/tmux.mjs';
import { tricklingHub } from './support/trickling-hub.mjs';

async function home(t) {
  const made = await temporary();
  t.after(made.remove);
  return made.path;
}

// A node with three jobs that go on for ever.
async function busy(t) {
  const where = await home(t);
  const hub = await tricklingHub(t, new Set());
  const node = await serve(where, { env: { HF_ENDPOINT: hub.endpoint } });
  t.after(() => node.kill());
  const ids = [];
  for (let i = 0; i < 3; i++) ids.push((await submit(node.url, `hf:acme/slow-${i}`)).id);
  return { where, node, ids };
}

// The shell tells how the terminal was before and after, and how top ended.
function top(t, where, { columns, rows, term = '', env = {} } = {}) {
  return terminal(t, `trap : INT; stty -g > before; ${term} '${binary}' top; echo "ended $?"; stty -g > after; echo over; exec cat`, { columns, rows, env: { ...environment(where, { HIVE_TEST: '1', ...env }), PWD: where } });
}

async function isClean(pane, where, code) {
  const screen = await pane.until(/\nover\n/);
  assert.match(screen, new RegExp(`ended ${code}\n`));
  assert.doesNotMatch(screen, /hive \S+ +0\./, 'the picture is gone');
  assert.equal(pane.tell('#{alternate_on} #{cursor_flag}'), '0 1');
  assert.equal(await readFile(join(where, 'after'), 'utf8'), await readFile(join(where, 'before'), 'utf8'));
}

const inHome = (where) => { process.chdir(where); };

describe('hive top', () => {
  test('shows node, jobs and the tree, sorts, filters, looks into one, and quits without a trace', { timeout: 120_000 }, async (t) => {
    const { where, ids } = await busy(t);
    inHome(where);
    const pane = top(t, where);
    let screen = await pane.until((s) => /jobs 3 fetching/.test(s) && /q quit .* tree\s*$/.test(s));
    assert.match(screen, /^hive \S+ +\d+\.\d+\.\d+ +up \d+:\d\d .*health /);
    assert.match(screen, /\nactors \d+ +messages /);
    assert.match(screen, /\n +ID ACTOR +STATE +QUEUE OLDEST +MSG\/S +BUSY +AGE WORKS AT/);
    assert.match(screen, /\n +\d+ +shelf /);
    pane.keys('End');
    await pane.until(/heartbeat/);
    pane.keys('M');
    await pane.until(/by queue\s*$/);
    pane.keys('P');
    screen = await pane.until(/BUSY\*|by time\s*$/);
    pane.keys('/');
    await pane.until(/\n\/_ /);
    pane.keys('-l', 'slow-1');
    pane.keys('Enter');
    screen = await pane.until((s) => /by time, \/slow-1/.test(s) && !/narrator/.test(s));
    assert.match(screen, /hf:acme\/slo/);
    pane.keys('Enter');
    screen = await pane.until(/\njob \d+\nstate /);
    assert.match(screen, new RegExp(`job +${ids[1]}`));
    assert.match(screen, /reference +hf:acme\/slow-1/);
    pane.keys('Escape');
    await pane.until(/WORKS AT/);
    pane.keys('?');
    await pane.until(/any key goes back/);
    pane.keys('x');
    await pane.until(/WORKS AT/);
    pane.keys('q');
    await isClean(pane, where, 0);
  });

  test('cancels a job after a question, and pauses and resumes one at once', { timeout: 120_000 }, async (t) => {
    const { where, node, ids } = await busy(t);
    inHome(where);
    const pane = top(t, where, { columns: 120, rows: 40 });
    await pane.until(/jobs 3 fetching/);
    const is = async (id, state) => {
      for (let left = 200; left > 0; left--) {
        if ((await call(node.url, 'GET', `/v1/jobs/${id}`)).json.state === state) return;
        await wait(50);
      }
      throw new Error(`job ${id} is not ${state}\n${pane.screen()}`);
    };
    const only = async (name) => {
      pane.keys('/');
      await pane.until(/\n\/.*_ /);
      pane.keys('C-h', 'C-h', 'C-h', 'C-h', 'C-h', 'C-h');
      pane.keys('-l', name);
      pane.keys('Enter');
      await pane.until((s) => s.includes(`/${name}`) && s.includes(`hf:acme/${name}`) && !s.includes('narrator'));
    };
    await only('slow-0');
    pane.keys('p');
    await is(ids[0], 'paused');
    await pane.until(/is paused/);
    pane.keys('Escape');
    await only('slow-2');
    pane.keys('c');
    await pane.until(/cancel actor \d+\? y: yes/);
    pane.keys('n');
    await wait(300);
    assert.equal((await call(node.url, 'GET', `/v1/jobs/${ids[2]}`)).json.state, 'fetching');
    pane.keys('c');
    await pane.until(/cancel actor \d+\? y: yes/);
    pane.keys('y');
    await is(ids[2], 'cancelled');
    await pane.until(/no actor is like slow-2/);
    pane.keys('q');
    await isClean(pane, where, 0);
  });

  test('follows the size of the terminal', { timeout: 120_000 }, async (t) => {
    const { where } = await busy(t);
    inHome(where);
    const pane = top(t, where);
    await pane.until(/jobs 3 fetching/);
    pane.resize(160, 50);
    const wide = await pane.until((s) => /GROWTH +AGE JOB/.test(s) && s.trimEnd().split('\n').length === 50);
    assert.ok(wide.split('\n').some((line) => line.length > 100));
    pane.resize(60, 15);
    await pane.until((s) => { const lines = s.trimEnd().split('\n'); return lines.length === 15 && lines.every((line) => line.length <= 60) && /q quit/.test(s); });
    pane.resize(10, 3);
    await pane.until((s) => s.split('\n').every((line) => line.length <= 10));
    pane.resize(80, 24);
    await pane.until(/jobs 3 fetching/);
    pane.keys('q');
    await isClean(pane, where, 0);
  });

  test('works without colours', { timeout: 120_000 }, async (t) => {
    const { where } = await busy(t);
    inHome(where);
    const pane = top(t, where, { term: 'TERM=vt100' });
    await pane.until(/jobs 3 fetching/);
    pane.keys('Down', 'M');
    await pane.until(/by queue/);
    pane.keys('q');
    await isClean(pane, where, 0);
  });

  test('leaves the terminal as it was on Ctrl-C and on SIGTERM', { timeout: 120_000 }, async (t) => {
    const { where } = await busy(t);
    inHome(where);
    const first = top(t, where);
    await first.until(/jobs 3 fetching/);
    first.keys('C-c');
    await isClean(first, where, 130);
    const second = top(t, where);
    await second.until(/jobs 3 fetching/);
    process.kill(await childOf(Number(second.tell('#{pane_pid}'))), 'SIGTERM');
    await isClean(second, where, 130);
  });

  test('loses its node and finds it again, with a note', { timeout: 120_000 }, async (t) => {
    const { where, node } = await busy(t);
    inHome(where);
    const pane = top(t, where);
    await pane.until(/jobs 3 fetching/);
    await node.kill();
    const lost = await pane.until(/no node answers at .*asking again/);
    assert.match(lost, /queue/, 'what was there stays');
    const again = await serve(where);
    t.after(() => again.kill());
    await pane.until((s) => !/asking again/.test(s) && /up 0:0\d/.test(s));
    pane.keys('q');
    await isClean(pane, where, 0);
  });

  test('asks its node once a second and no oftener', { timeout: 120_000 }, async (t) => {
    const { where, node } = await busy(t);
    inHome(where);
    const pane = top(t, where);
    await pane.until(/jobs 3 fetching/);
    const requests = async () => [...(await call(node.url, 'GET', '/metrics')).text.matchAll(/\nhive_http_requests_total\{[^}]*\} (\d+)/g)].reduce((sum, m) => sum + Number(m[1]), 0);
    const [before, began] = [await requests(), performance.now()];
    for (let i = 0; i < 30; i++) { pane.keys('Down', 'M', 't'); await wait(100); }
    const [after, took] = [await requests(), (performance.now() - began) / 1000];
    assert.ok(after - before - 1 <= 2 * (took + 1.5), `${after - before} requests in ${took} s`);
    pane.keys('q');
    await isClean(pane, where, 0);
  });
});

// The one process a shell runs at present.
async function childOf(pid) {
  return Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ')[0]);
}

test('without a terminal hive top says what to do, and --json is one snapshot', async (t) => {
  const where = await home(t);
  const node = await serve(where);
  t.after(() => node.kill());
  const blind = await hive(where, ['top']);
  assert.notEqual(blind.code, 0);
  assert.match(blind.err, /needs a terminal.*--json/);
  const got = JSON.parse((await hive(where, ['top', '--json', '--by', 'queue', '--limit', '3'])).out);
  assert.equal(got.actors.length, 3);
  assert.ok(got.alive >= 3);
  assert.ok(got.window_s >= 2);
  for (const one of got.actors) for (const name of ['rate', 'busy', 'growth', 'oldest_s']) assert.notEqual(one[name], undefined);
});
