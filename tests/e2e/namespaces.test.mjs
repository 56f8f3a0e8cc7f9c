// Five real nodes, each on a machine of its own as far as the network goes: what is cut is noticed in time, who is there is
// not lost, and all is whole again in time. How long it took is printed; `hive sim` holds the promises of docs/cluster.md.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { call, submit, until } from './support/api.mjs';
import { allSee, lab, members, settles } from './support/lab.mjs';
import { network, whyNot } from './support/namespaces.mjs';
import { sound } from './support/sound.mjs';
import { content, sha256, startWeb } from './support/web.mjs';

const skip = await whyNot() || false;
const names = ['n0', 'n1', 'n2', 'n3', 'n4'];
const promised = 10; // seconds until all have lost somebody
let net, five, nodes;

// How `from` sees `whom`, by name.
async function view(from) {
  return Object.fromEntries((await members(from.node)).members.map((m) => [m.name, m.reachability]));
}
const lost = (word) => word === 'unreachable' || word === 'down';
const whole = (seconds) => settles(() => allSee(nodes, 'ok', 5), seconds, 'all see all, with links');
// All of `these` have lost all of `those`: in the promised time, or as many times as long as the slowest of them has said
// meanwhile that it waits, on a machine with too much to do.
async function parted(these, those) {
  const began = performance.now();
  let stretch = 1;
  for (;;) {
    let all = true;
    for (const a of these) {
      const table = await members(nodes[a].node);
      stretch = Math.max(stretch, table.island.stretch);
      all &&= those.every((b) => lost(table.members.find((m) => m.name === names[b])?.reachability));
    }
    const ms = performance.now() - began;
    if (all) return { ms, text: `${Math.round(ms)} ms${stretch > 1 ? ` (time-outs ${stretch} times as long)` : ''}` };
    assert.ok(ms < promised * 1000 * stretch, `not within ${promised} s x ${stretch}: ${these} have lost ${those}`);
    await wait(50);
  }
}
// For so long nobody of `these` loses anybody of `those`.
async function keep(these, those, seconds) {
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    for (const a of these) {
      const seen = await view(nodes[a]);
      for (const b of those) assert.ok(a === b || !lost(seen[names[b]]), `${names[a]} has lost ${names[b]}: ${JSON.stringify(seen)}`);
    }
    await wait(250);
  }
}
const everybody = [0, 1, 2, 3, 4];
// Whatever a test before has left.
async function mended() {
  await net.heal();
  for (const n of everybody) await net.plug(n);
  await whole(60);
}

describe('a network that breaks', { timeout: 600_000, skip }, () => {
  before(async () => {
    net = await network(names.length);
    five = await lab(names, {}, {}, Object.fromEntries(names.map((n, i) => [n, net.places[i]])));
    nodes = Object.values(five.nodes);
    await mended();
  });
  after(async () => {
    await five?.stop();
    await net?.remove();
  });

  test('two that cannot reach each other are lost by nobody, and have a link again within 10 s', async (t) => {
    await mended();
    await net.cut([0], [1]);
    await keep(everybody, everybody, 15);
    await net.heal();
    t.diagnostic(`healed after ${Math.round((await whole(10)).ms)} ms`);
    await sound(nodes);
  });

  test('so with two of which one hears the other', async (t) => {
    await mended();
    await net.deafen(2, 3);
    await keep(everybody, everybody, 15);
    await net.heal();
    t.diagnostic(`healed after ${Math.round((await whole(10)).ms)} ms`);
    await sound(nodes);
  });

  test('one that is cut off is lost by all, knows it, and is back within 10 s', async (t) => {
    await mended();
    await net.cut([4], [0, 1, 2, 3]);
    t.diagnostic(`lost by all after ${(await parted([0, 1, 2, 3], [4])).text}`);
    await settles(async () => (await members(nodes[4].node)).island.isolated, 60, 'it says that it is isolated');
    const there = (await members(nodes[4].node)).island;
    assert.equal(there.majority, there.visible * 2 > there.expected);
    // Long enough that it is down for the others.
    await settles(async () => (await view(nodes[0])).n4 === 'down', 60, 'it is down');
    await keep([0, 1, 2, 3], [0, 1, 2, 3], 1);
    await net.heal();
    t.diagnostic(`healed after ${Math.round((await whole(10)).ms)} ms`);
    await sound(nodes);
  });

  test('so with one whose cable is pulled', async (t) => {
    await mended();
    await net.unplug(2);
    t.diagnostic(`lost by all after ${(await parted([0, 1, 3, 4], [2])).text}`);
    await wait(15_000);
    await keep([0, 1, 3, 4], [0, 1, 3, 4], 1);
    await net.plug(2);
    t.diagnostic(`healed after ${Math.round((await whole(10)).ms)} ms`);
    await sound(nodes);
  });

  test('so with one that hears nobody but is heard', async (t) => {
    await mended();
    for (const n of [0, 1, 2, 3]) await net.deafen(4, n);
    t.diagnostic(`lost by all after ${(await parted([0, 1, 2, 3], [4])).text}`);
    await keep([0, 1, 2, 3], [0, 1, 2, 3], 3);
    await net.heal();
    t.diagnostic(`healed after ${Math.round((await whole(10)).ms)} ms`);
    await sound(nodes);
  });

  test('two islands each go on, and are one hive again within 15 s', async (t) => {
    await mended();
    const bytes = content(3_000_000, 'islands');
    const site = await startWeb({ '/m.bin': { bytes, head: { etag: '"1"' } } }, { host: net.outside });
    t.after(site.stop);
    await net.cut([0, 1], [2, 3, 4]);
    const both = await Promise.all([parted([0, 1], [2, 3, 4]), parted([2, 3, 4], [0, 1])]);
    t.diagnostic(`parted after ${both.map((one) => one.text).join(' and ')}`);
    const [small, large] = [(await members(nodes[1].node)).island, (await members(nodes[2].node)).island];
    assert.deepEqual([small.visible, small.expected, small.majority], [2, 5, false]);
    assert.deepEqual([large.visible, large.expected, large.majority], [3, 5, true]);
    // Each works, also for one another.
    const ref = `${site.url('/m.bin')}#sha256=${sha256(bytes)}`;
    const made = await Promise.all([submit(nodes[0].node.url, ref, { on: 'n1' }), submit(nodes[2].node.url, ref, { on: 'n3' })]);
    await until(nodes[1].node.url, made[0].id, (j) => j.state === 'succeeded');
    await until(nodes[3].node.url, made[1].id, (j) => j.state === 'succeeded');
    const away = await call(nodes[0].node.url, 'POST', '/v1/jobs', { kind: 'pull', ref, on: 'n4' });
    assert.equal(away.json.code, 'unreachable', away.text);
    await keep([0, 1], [0, 1], 3);
    await keep([2, 3, 4], [2, 3, 4], 3);
    await net.heal();
    t.diagnostic(`healed after ${Math.round((await whole(15)).ms)} ms`);
    await sound(nodes);
  });

  test('one whose program is frozen is lost by all, one that was killed sooner, and both come back', async (t) => {
    await mended();
    process.kill(nodes[3].node.pid, 'SIGSTOP');
    try {
      t.diagnostic(`frozen: lost by all after ${(await parted([0, 1, 2, 4], [3])).text}`);
    } finally {
      process.kill(nodes[3].node.pid, 'SIGCONT');
    }
    t.diagnostic(`back after ${Math.round((await whole(20)).ms)} ms`);
    await nodes[1].node.kill('SIGKILL');
    t.diagnostic(`killed: lost by all after ${(await parted([0, 2, 3, 4], [1])).text}`);
    await nodes[1].start();
    t.diagnostic(`back after ${Math.round((await whole(20)).ms)} ms`);
    await sound(nodes);
  });
});
