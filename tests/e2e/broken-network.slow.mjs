// What takes minutes: a hive that changes while some of it is away, lossy and narrow lines, pulls over broken networks.
// HIVE_MINUTES: how long the lines are lossy (2).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { call, job, submit, until } from './support/api.mjs';
import { sha256Of } from './support/content.mjs';
import { allSee, lab, members, settles } from './support/lab.mjs';
import { network, whyNot } from './support/namespaces.mjs';
import { losses, sound } from './support/sound.mjs';
import { content, sha256, startWeb } from './support/web.mjs';

const skip = await whyNot() || false;
const minutes = Number(process.env.HIVE_MINUTES ?? 2);
const most = 8;
const piece = 4 << 20;
let net, hive;
const named = (n) => `n${n}`;
const at = (n) => hive.nodes[named(n)];
const here = (which) => which.map(at);
const whole = (which, count, seconds) => settles(() => allSee(here(which), 'ok', count), seconds, `${which} see ${count}, with links`);
const reach = async (from, whom) => (await members(at(from).node)).members.find((m) => m.name === named(whom))?.reachability;
// Whatever a test before has left is over.
const begin = async (count, env = {}) => {
  await hive?.stop();
  await net.heal();
  await net.lose(0);
  await net.rate('10gbit');
  const names = [...Array(count).keys()].map(named);
  hive = await lab(names, {}, env, Object.fromEntries([...Array(most).keys()].map((n) => [named(n), net.places[n]])));
  await whole([...Array(count).keys()], count, 60);
};

describe('a network that breaks, at length', { timeout: 1_800_000, skip }, () => {
  before(async () => { net = await network(most); });
  after(async () => {
    await hive?.stop();
    await net?.remove();
  });

  test('members come, die and are forgotten while one is away for a minute; all agree 20 s after it is back', async (t) => {
    await begin(6);
    await net.cut([5], [0, 1, 2, 3, 4, 6]);
    await settles(async () => (await reach(0, 5)) === 'unreachable', 20);
    await hive.join(named(6));
    await settles(async () => (await reach(6, 0)) === 'ok' && (await reach(0, 6)) === 'ok', 20, 'the new one is a member');
    const dead = (await members(at(4).node)).members.find((m) => m.self).id;
    await at(4).node.kill('SIGKILL');
    await settles(async () => (await reach(0, 4)) === 'unreachable' && (await reach(6, 4)) === 'unreachable', 20);
    const gone = await call(at(0).node.url, 'POST', `/v1/members/${dead}/forget`);
    assert.equal(gone.status, 200, gone.text);
    await wait(60_000);
    await net.heal();
    const rest = [0, 1, 2, 3, 5, 6];
    const agree = async () => {
      for (const n of rest) {
        const seen = (await members(at(n).node)).members.filter((m) => m.state !== 'forgotten');
        if (seen.length !== 6 || seen.some((m) => m.reachability !== 'ok' || (!m.self && !m.linked))) return false;
      }
      return true;
    };
    t.diagnostic(`agreed after ${Math.round((await settles(agree, 20, 'six agree on six')).ms)} ms`);
    await sound(here(rest));
  });

  test('joining goes on when half are down', async (t) => {
    await begin(6);
    for (const n of [3, 4, 5]) await at(n).node.kill('SIGKILL');
    await settles(async () => (await Promise.all([3, 4, 5].map((n) => reach(0, n)))).every((w) => w === 'down'), 60, 'three are down');
    const began = performance.now();
    await hive.join(named(6));
    const known = async () => {
      for (const [a, b] of [[0, 6], [1, 6], [2, 6], [6, 0], [6, 1], [6, 2]]) if ((await reach(a, b)) !== 'ok') return false;
      return true;
    };
    await settles(known, 20, 'all know the new one');
    t.diagnostic(`known after ${Math.round(performance.now() - began)} ms`);
    await sound(here([0, 1, 2, 6]));
  });

  test(`2 % of all packets lost for ${minutes} minutes, both cores busy: nobody is lost`, async (t) => {
    await begin(6);
    const before = [0, 1, 2, 3, 4, 5].map((n) => losses(at(n).node).length);
    const busy = [1, 2].map(() => spawn(process.execPath, ['-e', 'for (;;);']));
    t.after(() => busy.forEach((one) => one.kill('SIGKILL')));
    await net.lose(2);
    await wait(minutes * 60_000);
    busy.forEach((one) => one.kill('SIGKILL'));
    [0, 1, 2, 3, 4, 5].forEach((n) => assert.deepEqual(losses(at(n).node).slice(before[n]), [], named(n)));
    await sound(here([0, 1, 2, 3, 4, 5]));
  });

  // Bytes and words share each line.
  test('lines that are full of pieces lose nobody, not even for a moment', async (t) => {
    await begin(4);
    const bytes = content(60_000_000, 'narrow');
    const site = await startWeb({ '/m.bin': { bytes, head: { etag: '"1"' } } }, { host: net.outside });
    t.after(site.stop);
    const ref = `${site.url('/m.bin')}#sha256=${sha256(bytes)}`;
    await net.rate('20mbit');
    const jobs = [];
    for (const n of [0, 1, 2, 3]) jobs.push((await submit(at(n).node.url, ref)).id);
    for (const n of [0, 1, 2, 3]) await until(at(n).node.url, jobs[n], (j) => j.state === 'succeeded', 300);
    for (const n of [0, 1, 2, 3]) {
      assert.deepEqual(losses(at(n).node), [], named(n));
      assert.doesNotMatch(at(n).node.said(), / member\.suspect /, named(n));
    }
    await sound(here([0, 1, 2, 3]));
  });

  test('a frozen fetcher costs its window; a partition one copy more, and all have the right bytes', async (t) => {
    await begin(5);
    const size = 16 * piece;
    const files = Object.fromEntries(['frozen', 'parted'].map((name) => [`/${name}.bin`, { bytes: content(size, name), head: { etag: '"1"' } }]));
    const site = await startWeb(files, { host: net.outside, rate: 1_500_000 });
    t.after(site.stop);
    const ref = (name) => `${site.url(`/${name}.bin`)}#sha256=${sha256(files[`/${name}.bin`].bytes)}`;
    const blob = (n, name) => { const digest = sha256(files[`/${name}.bin`].bytes); return join(at(n).path, 'blobs/sha256', digest.slice(0, 2), digest); };
    const pull = (which, name) => Promise.all(which.map(async (n) => [n, (await submit(at(n).node.url, ref(name))).id]));
    const finished = async (jobs, name) => {
      for (const [n, id] of jobs) {
        await until(at(n).node.url, id, (j) => j.state === 'succeeded', 180);
        assert.equal(await sha256Of(blob(n, name)), sha256(files[`/${name}.bin`].bytes));
      }
    };
    const wan = async (jobs) => Object.fromEntries(await Promise.all(jobs.map(async ([n, id]) => [n, (await job(at(n).node.url, id)).progress.wan_bytes])));

    let jobs = await pull([0, 1, 2], 'frozen');
    const owner = (await settles(async () => {
      const now = Object.entries(await wan(jobs)).find(([, bytes]) => bytes >= size / 2);
      return now && { n: Number(now[0]) };
    }, 120, 'half of it is fetched')).got.n;
    process.kill(at(owner).node.pid, 'SIGSTOP');
    const rest = jobs.filter(([n]) => n !== owner);
    try {
      await finished(rest, 'frozen');
    } finally {
      process.kill(at(owner).node.pid, 'SIGCONT');
    }
    await finished(jobs, 'frozen');
    const sum = Object.values(await wan(jobs)).reduce((a, b) => a + b, 0);
    t.diagnostic(`with the fetcher frozen at half: ${(sum / size).toFixed(3)} of the size over the WAN`);
    assert.ok(sum <= size + 5 * piece, `${sum} bytes of ${size}`);

    await whole([0, 1, 2, 3, 4], 5, 30);
    jobs = await pull([0, 1, 2, 3, 4], 'parted');
    await settles(async () => Object.values(await wan(jobs)).some((bytes) => bytes >= size / 4), 120, 'a quarter is fetched');
    await net.cut([0, 1], [2, 3, 4]);
    await finished(jobs, 'parted');
    const two = Object.values(await wan(jobs)).reduce((a, b) => a + b, 0);
    t.diagnostic(`with two islands: ${(two / size).toFixed(3)} of the size over the WAN`);
    assert.ok(two <= 2 * size, `${two} bytes of ${size}`);
    await net.heal();
    await whole([0, 1, 2, 3, 4], 5, 20);
    await sound(here([0, 1, 2, 3, 4]));
  });
});
