// A hive of real processes on loopback: the first founds it, the others join.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { call } from './api.mjs';
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

export const members = async (node) => (await call(node.url, 'GET', '/v1/members')).json;
export const memberOf = async (node, name) => (await members(node)).members.find((m) => m.name === name);

// names: of the nodes. Yields {nodes: {name: {path, node, peers, start}}, stop}. `flags`: of serve, by name; `env`: of all.
export async function lab(names, flags = {}, env = {}) {
  const nodes = {};
  const start = async (name) => {
    const at = nodes[name];
    const first = nodes[names[0]];
    const seeds = name === names[0] || !first.peers ? [] : ['--join', first.peers];
    const listen = at.peers ?? '127.0.0.1:0';
    at.node = await serve(at.path, { env, args: ['--name', name, '--peer-listen', listen, ...seeds, ...(flags[name] ?? [])] });
    at.peers = await peersOf(at.node);
    return at;
  };
  for (const name of names) {
    const home = await temporary(name);
    nodes[name] = { name, path: home.path, remove: home.remove, start: () => start(name) };
    if (name === names[0]) {
      assert.equal((await hive(home.path, ['init', '--name', 'lab'])).code, 0);
    } else {
      const made = await hive(nodes[names[0]].path, ['token', 'create']);
      const token = made.out.trim().split('\n').at(-1);
      const joined = await hive(home.path, ['join', token, nodes[names[0]].peers]);
      assert.equal(joined.code, 0, joined.err);
    }
    await start(name);
  }
  return {
    nodes,
    stop: async () => {
      for (const one of Object.values(nodes)) {
        await one.node?.kill('SIGKILL');
        await one.remove();
      }
    },
  };
}

export const allSee = async (some, reachability, count) => {
  for (const one of some) {
    const seen = await members(one.node);
    if (seen.members.length !== count) return false;
    if (seen.members.some((m) => m.state !== 'up' || m.reachability !== reachability)) return false;
    if (reachability === 'ok' && !seen.members.every((m) => m.self || m.linked)) return false;
  }
  return true;
};
