// bench/cluster: what it costs to be one of many: real nodes of one hive on this machine.
//
//   node tests/bench/cluster.mjs [--nodes 3,10,30] [--rest 30] [--joins 5] [--sim 100,1000]
//
// Needs: HIVE_BINARY (a release build). For each size: CPU and memory of a node at rest (`--rest` seconds), and the time from
// `hive join` of one more to its row being `up` at the founder, and to ten of the nodes seeing all. Then `hive sim`, all scenarios.
import { parseArgs } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { costs, told } from '../e2e/support/churn.mjs';
import { hive, temporary } from '../e2e/support/hive.mjs';
import { allSee, lab, members, settles } from '../e2e/support/lab.mjs';

const { values } = parseArgs({ options: {
  nodes: { type: 'string', default: '3,10,30' }, rest: { type: 'string', default: '30' },
  joins: { type: 'string', default: '5' }, sim: { type: 'string', default: '100,1000' } } });
const numbers = (text) => text.split(',').map(Number);

for (const count of numbers(values.nodes)) {
  const names = [...Array(count).keys()].map((n) => `n${n}`);
  const one = await lab(names);
  try {
    const all = () => Object.values(one.nodes);
    // Ten of them are asked: to ask a hundred about a hundred takes a processor of its own.
    const some = () => all().filter((_, at) => at % Math.ceil(all().length / 10) === 0);
    const whole = () => settles(async () => {
      await wait(10 * count);
      return allSee(some(), 'ok', all().length);
    }, 120, 'they see all');
    await wait(200 * count); // what joining has left to do
    await whole();
    await wait(10_000);
    console.log(`${count} nodes at rest: ${told(await costs(all(), Number(values.rest)))}`);
    const took = { up: [], whole: [] };
    for (let n = 0; n < Number(values.joins); n++) {
      const began = performance.now();
      await one.join(`more${n}`);
      await settles(async () => (await members(one.nodes.n0.node)).members.some((m) => m.name === `more${n}` && m.state === 'up'));
      took.up.push(Math.round(performance.now() - began));
      await whole();
      took.whole.push(Math.round(performance.now() - began));
    }
    console.log(`${count} nodes and one more: up after ${took.up.join(', ')} ms; seen by ten of them after ${took.whole.join(', ')} ms (with the start of its process)`);
  } finally {
    await one.stop();
  }
}
const home = await temporary();
for (const count of numbers(values.sim)) {
  const ran = await hive(home.path, ['sim', '--nodes', String(count), '--seed', '7'], { timeout: 3_600_000 });
  console.log(`hive sim --nodes ${count} --seed 7: ${(ran.ms / 1000).toFixed(1)} s, ${ran.code === 0 ? 'all promises kept' : `exit code ${ran.code}`}`);
}
await home.remove();
