// Nodes find their hive by multicast DNS on a network of their own, and nobody else's.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { tokens } from './support/api.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { allSee, members, peersOf, settles } from './support/lab.mjs';
import { network, whyNot } from './support/namespaces.mjs';

const skip = await whyNot() || false;
const env = { HIVE_MDNS: 'on' };
let net;
const homes = [];

async function home(t) {
  const made = await temporary();
  if (t) t.after(made.remove); else homes.push(made);
  return made.path;
}
async function founded(name) {
  const path = await home();
  assert.equal((await hive(path, ['init', '--name', name])).code, 0);
  return path;
}
async function token(path) {
  const made = await hive(path, ['token', 'create', '--uses', '10']);
  assert.equal(made.code, 0, made.err);
  return made.out.trim().split('\n').at(-1);
}
// A node at a machine of the network, which knows no address of any other.
async function start(n, path, port, ...flags) {
  for (const name of ['known.json', 'members.json']) await rm(join(path, 'node/hive', name), { force: true });
  const { where, listen, peers, token: key } = net.places[n];
  const node = await serve(path, {
    where, listen, env: { ...env, HIVE_TOKEN: key },
    args: ['--name', `n${n}`, '--peer-listen', peers.replace(/\d+$/, port), ...flags],
  });
  tokens.set(node.url, key);
  await peersOf(node);
  return { node };
}
const stop = (...all) => Promise.all(all.map(({ node }) => node.stop()));

describe('on a local network', { timeout: 300_000, skip }, () => {
  let paths, stranger, strange, three;
  before(async () => {
    net = await network(5);
    paths = [await founded('lab'), await home(), await home()];
    stranger = await founded('strangers');
    strange = await start(3, stranger, 7836);
  });
  after(async () => {
    for (const one of homes) await one.remove();
    await net?.remove();
  });

  test('a machine joins with a token alone, asking a node that lets nobody in as well', async (t) => {
    const one = await token(paths[0]);
    const founder = await start(0, paths[0], 7836);
    const first = await hive(paths[1], ['join', one], { env, where: net.places[1].where });
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /belongs to the hive lab/);
    const second = await start(1, paths[1], 7836);
    const third = await hive(paths[2], ['join', one, '--json'], { env, where: net.places[2].where });
    assert.equal(third.code, 0, third.err);
    t.diagnostic(`joined after ${Math.round(first.ms)} and ${Math.round(third.ms)} ms`);
    assert.equal(JSON.parse(third.out).name, 'lab');
    // Only members that let nobody in: the refusal says who does.
    await stop(founder);
    const alone = await hive(await home(t), ['join', one], { env, where: net.places[4].where });
    assert.equal(alone.code, 4, alone.err);
    assert.match(alone.err, /does not hold the key/);
    await stop(second);
  });

  test('a token whose hive is not there says so within seconds', async (t) => {
    const nowhere = await founded('nowhere');
    const got = await hive(await home(t), ['join', await token(nowhere)], { env, where: net.places[4].where });
    assert.equal(got.code, 1, got.out + got.err);
    assert.match(got.err, /no node of the token's hive answered on the local network \([^)]*data[^)]*\) within 5 s/);
    assert.match(got.err, /hive join TOKEN HOST:PORT/);
  });

  test('nodes that know no address find each other, and leave another hive in peace', async (t) => {
    three = [];
    // At ports nobody has heard of before.
    for (const n of [0, 1, 2]) three.push(await start(n, paths[n], 7900 + n));
    const { ms } = await settles(() => allSee(three, 'ok', 3), 60, 'three that were told nothing see each other');
    t.diagnostic(`found each other after ${Math.round(ms)} ms`);
    assert.ok(three.some((one) => /seed\.heard/.test(one.node.said())));
    assert.equal((await members(strange.node)).members.length, 1);
    const doctor = await hive(paths[0], ['doctor'], { env, where: net.places[0].where });
    assert.match(doctor.out, /mdns +this node is announced, others of this hive: 2 \(\w{26} at 10\.77\.0\.\d:790\d; \w{26} at [^)]*\), nodes of other hives: 1; heard on .*data/);
    // It is heard, and neither dialled nor dials.
    for (const one of [...three, strange]) {
      assert.doesNotMatch(one.node.said(), /seed\.failed|refused/);
    }
    assert.doesNotMatch(strange.node.said(), /seed\.heard/);
  });

  test('one whose address has changed is found again; with --no-mdns it says nothing and is not', async () => {
    await stop(three[2]);
    const before = await net.multicasts(2);
    const silent = await start(2, paths[2], 7950, '--no-mdns');
    // Longer than finding took.
    await wait(10_000);
    assert.equal((await members(silent.node)).members.filter((m) => m.linked).length, 0);
    assert.equal(await net.multicasts(2), before);
    await stop(silent);
    assert.equal(await net.multicasts(2), before);
    three[2] = await start(2, paths[2], 7960);
    await settles(() => allSee(three, 'ok', 3), 60, 'it is found at its new address');
    assert.ok(await net.multicasts(2) > before);
  });
});

test('where the local network is not asked, a join wants an address', async (t) => {
  const path = await home(t);
  const other = await home(t);
  assert.equal((await hive(other, ['init', '--name', 'lab'])).code, 0);
  const got = await hive(path, ['join', await token(other)]);
  assert.equal(got.code, 2, got.err);
  assert.match(got.err, /mdns is off.*HOST:PORT/);
  assert.match((await hive(path, ['doctor'])).out, /mdns +switched off/);
});
