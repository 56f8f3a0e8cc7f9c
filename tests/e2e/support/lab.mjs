// A hive of real processes on loopback: the first founds it, the others join.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { call, tokens } from './api.mjs';
import { hive, serve, temporary } from './hive.mjs';

export async function peersOf(node) {
  for (let left = 500; left > 0; left--) {
    const found = node.said().match(/to peers at ([\d.]+:\d+)/);
    if (found) return found[1];
    await wait(20);
  }
  throw new Error(`no peers' address in ${node.said()}`);
}

// Until `good()` yields something; yields that and the milliseconds it took.
export async function settles(good, seconds = 30, what = good) {
  const began = performance.now();
  for (;;) {
    const got = await good();
    if (got) return { got, ms: performance.now() - began };
    if (performance.now() - began > seconds * 1000) throw new Error(`not within ${seconds} s: ${what}`);
    await wait(50);
  }
}

// In a hive of so many nodes the next ones come one at a time.
const alone = 32;

export const members = async (node) => (await call(node.url, 'GET', '/v1/members')).json;
export const memberOf = async (node, name) => (await members(node)).members.find((m) => m.name === name);

// names: of the nodes, the first founds the hive. Yields {nodes: {name: {name, path, node, peers, start}}, join, stop}.
// `flags`: of serve, by name; `env`: of all; `places`: by name where a node runs (namespaces.mjs), {where, listen, peers, token}.
export async function lab(names, flags = {}, env = {}, places = {}) {
  const nodes = {};
  let first;
  let token;
  const start = async (name) => {
    const at = nodes[name];
    const { where = [], listen, peers, token: key } = places[name] ?? {};
    const seeds = at === first || !first.peers ? [] : ['--join', first.peers];
    at.node = await serve(at.path, {
      where, listen, env: { ...env, ...(key && { HIVE_TOKEN: key }) },
      args: ['--name', name, '--peer-listen', at.peers ?? peers ?? '127.0.0.1:0', ...seeds, ...(flags[name] ?? [])],
    });
    if (key) tokens.set(at.node.url, key);
    at.peers = await peersOf(at.node);
    return at;
  };
  const join = async (name) => {
    const { where } = places[name] ?? {};
    // In the order of the names, whichever is there first.
    const at = nodes[name] = { name, start: () => start(name) };
    const home = await temporary(name);
    Object.assign(at, { path: home.path, remove: home.remove });
    if (!first) {
      first = at;
      assert.equal((await hive(home.path, ['init', '--name', 'lab'])).code, 0);
      token = (await hive(home.path, ['token', 'create', '--uses', '1000'])).out.trim().split('\n').at(-1);
    } else {
      const joined = await hive(home.path, ['join', token, first.peers], { where });
      assert.equal(joined.code, 0, joined.err);
    }
    return start(name);
  };
  const stop = async () => {
    const all = Object.values(nodes);
    await Promise.all(all.map((one) => one.node?.kill('SIGKILL')));
    for (const one of all) await one.remove?.();
  };
  try {
    await join(names[0]);
    // A few at a time: each is three processes, one after the other.
    const [few, rest] = [names.slice(1, alone), names.slice(alone)];
    for (let at = 0; at < few.length; at += 4) await Promise.all(few.slice(at, at + 4).map(join));
    // All have one machine here, and each that comes makes links with as many as are there: a processor's 10 ms each.
    for (const name of rest) {
      await join(name);
      await wait(50 * Object.keys(nodes).length);
    }
  } catch (e) {
    await stop();
    throw e;
  }
  return { nodes, join, stop };
}

// Links: of few nodes each has one with each; of more than nine they come when there is something to say.
export const allSee = async (some, reachability, count) => {
  for (const one of some) {
    const seen = await members(one.node);
    if (seen.members.length !== count) return false;
    if (seen.members.some((m) => m.state !== 'up' || m.reachability !== reachability)) return false;
    if (reachability === 'ok' && count <= 9 && !seen.members.every((m) => m.self || m.linked)) return false;
  }
  return true;
};
