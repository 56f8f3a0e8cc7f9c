// A hive of real processes in which nodes join, stop, are killed, freeze and start again in an order drawn from a seed, while
// it is looked at all the time.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { lab, members, settles } from './lab.mjs';
import { mib, sound, usage } from './sound.mjs';

// xorshift32: the same order for the same seed.
function drawn(seed) {
  let x = seed || 1;
  return (below) => { x ^= x << 13; x ^= x >>> 17; x ^= x << 5; x >>>= 0; return x % below; };
}

const lost = (word) => word === 'unreachable' || word === 'down';
const median = (all) => all.toSorted((a, b) => a - b)[all.length >> 1];
const shown = (all) => (all.length ? `median ${Math.round(median(all))} ms, most ${Math.round(Math.max(...all))} ms (${all.length})` : 'none');

// What a node costs while nothing happens: a number for each.
export async function costs(nodes, seconds) {
  const before = await Promise.all(nodes.map(({ node }) => usage(node.pid)));
  await wait(seconds * 1000);
  const after = await Promise.all(nodes.map(({ node }) => usage(node.pid)));
  return {
    cpu: after.map((one, i) => ((one.cpu - before[i].cpu) / seconds) * 100),
    rss: after.map((one) => mib(one.rss)), threads: after[0].threads,
  };
}
export const told = ({ cpu, rss, threads }) => `${median(cpu).toFixed(2)} % of a core (most ${Math.max(...cpu).toFixed(2)}), ${median(rss)} MiB (most ${Math.max(...rss)}), ${threads} threads a node`;

// `count` nodes at most, for so long. `patience`: times the limits of docs/cluster.md, for a machine that has fewer cores than
// the hive has nodes. Says what it saw by `say`.
export async function churn({ count, seconds, seed, patience = 2, idle = 5, say }) {
  const draw = drawn(seed);
  const names = [...Array(count).keys()].map((n) => `n${n}`);
  const first = Math.max(3, Math.floor(count / 2));
  const began = performance.now();
  const hive = await lab(names.slice(0, first));
  try {
    // By name: since when it has been as it is; `frozen` and `gone` are not there. Nothing was done to the first ones yet.
    const is = Object.fromEntries(names.map((name, n) => [name, { state: n < first ? 'up' : 'new', since: n < first ? -Infinity : 0 }]));
    const turn = (name, state) => { is[name] = { state, since: performance.now() }; };
    const those = (state) => names.filter((name) => is[name].state === state);
    const up = () => those('up').map((name) => hive.nodes[name]);
    // All that run know all that run, and nobody has lost one of them.
    const agree = async () => {
      const running = those('up');
      const tables = await Promise.all(up().map(({ node }) => members(node)));
      return tables.every((table) => running.every((name) => table.members.find((m) => m.name === name)?.reachability === 'ok'));
    };
    await settles(agree, 10 * patience, 'the first half is whole');
    say(`${first} nodes stood after ${Math.round(performance.now() - began)} ms`);

    const noticed = { kill: [], stop: [], freeze: [] };
    const joined = [];
    const pending = []; // {name, what, at}: losses that are still to be seen by all that stand
    const actions = {
      async join() {
        const [name] = those('new');
        if (!name) return false;
        const at = performance.now();
        await hive.join(name);
        turn(name, 'up');
        await settles(async () => (await members(hive.nodes[names[0]].node)).members.some((m) => m.name === name && m.state === 'up'), 6 * patience, `${name} is up for ${names[0]}`);
        joined.push(performance.now() - at);
        return true;
      },
      async again() {
        const gone = those('gone');
        if (!gone.length) return false;
        const name = gone[draw(gone.length)];
        await hive.nodes[name].start();
        turn(name, 'up');
        return true;
      },
      kill: (name) => { hive.nodes[name].node.kill('SIGKILL'); turn(name, 'gone'); },
      stop: (name) => { hive.nodes[name].node.stop(); turn(name, 'gone'); },
      freeze: (name) => {
        process.kill(hive.nodes[name].node.pid, 'SIGSTOP');
        turn(name, 'frozen');
      },
      thaw() {
        const [name] = those('frozen');
        if (!name) return false;
        process.kill(hive.nodes[name].node.pid, 'SIGCONT');
        turn(name, 'up');
        return true;
      },
    };

    // Who has been there for so long must not be lost, who has been away for so long must be. A node that is new may still
    // hear that somebody is lost who has just come back.
    const steady = 12_000 * patience;
    const away = { gone: 5_000 * patience, frozen: 10_000 * patience };
    let looks = 0;
    const look = async () => {
      const now = performance.now();
      const running = those('up');
      const answers = await Promise.all(running.map(async (name) => [name, await members(hive.nodes[name].node).catch(() => null)]));
      looks += 1;
      for (const one of [...pending]) {
        const standing = answers.filter(([name, table]) => table && now - is[name].since > steady);
        const seen = standing.every(([, table]) => lost(table.members.find((m) => m.name === one.name)?.reachability ?? 'down'));
        if (is[one.name].state === 'up') pending.splice(pending.indexOf(one), 1);
        else if (seen && standing.length) { noticed[one.what].push(now - one.at); pending.splice(pending.indexOf(one), 1); }
      }
      for (const [name, table] of answers) {
        if (!table || now - is[name].since < steady) continue;
        for (const m of table.members) {
          const { state, since } = is[m.name];
          if (state === 'up' && now - since > steady) assert.ok(!lost(m.reachability), `seed ${seed}: ${name} has lost ${m.name}, which is there: ${JSON.stringify(m)}`);
          if (away[state] && now - since > away[state]) assert.ok(lost(m.reachability), `seed ${seed}: ${name} has not missed ${m.name}, ${state} for ${Math.round(now - since)} ms`);
        }
      }
    };

    const end = performance.now() + seconds * 1000;
    const done = {};
    while (performance.now() < end) {
      // The founder stays: it lets others in. Three stand at any time.
      const whom = those('up').filter((name) => name !== names[0]);
      const possible = [
        ...(those('new').length ? ['join', 'join'] : []), ...(those('gone').length ? ['again', 'again'] : []),
        ...(whom.length > 2 ? ['kill', 'stop'] : []), ...(those('frozen').length ? ['thaw'] : whom.length > 2 ? ['freeze'] : []),
      ];
      const what = possible[draw(possible.length)];
      if (['kill', 'stop', 'freeze'].includes(what)) {
        const name = whom[draw(whom.length)];
        pending.push({ name, what, at: performance.now() });
        actions[what](name);
      } else {
        await actions[what]();
      }
      done[what] = (done[what] ?? 0) + 1;
      await look();
      await wait(100 + draw(400));
    }
    while (await actions.thaw());
    while (await actions.join());
    while (await actions.again());
    const { ms } = await settles(agree, 20 * patience, `seed ${seed}: all ${count} agree`);
    say(`seed ${seed}: ${JSON.stringify(done)}, looked at ${looks} times; all ${count} agreed ${Math.round(ms)} ms after the last change`);
    say(`seen by all who stand: killed ${shown(noticed.kill)}; stopped ${shown(noticed.stop)}; frozen ${shown(noticed.freeze)}; joined ${shown(joined)}`);
    // Long enough that what was said late would be heard.
    const quiet = await costs(up(), idle);
    assert.ok(await agree(), `seed ${seed}: all ${count} still agree`);
    say(`at rest: ${told(quiet)}`);
    await sound(up());
    return quiet;
  } finally {
    await hive.stop();
  }
}
