// What holds for every node of a hive at any time, whatever was done to the hive: checked at the end of its tests.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { call } from './api.mjs';

export const mib = (kib) => Math.round(kib / 1024);
// Of a process: {rss (KiB), cpu (seconds since its start), threads}.
export async function usage(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const stat = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ');
  return {
    rss: Number(status.match(/VmRSS:\s+(\d+)/)[1]), threads: Number(status.match(/Threads:\s+(\d+)/)[1]),
    cpu: (Number(stat[11]) + Number(stat[12])) / 100,
  };
}

const lines = (node, what) => node.said().split('\n').filter((l) => what.test(l));
// Lines of the log that say that a member is lost.
export const losses = (node) => lines(node, / member\.(unreachable|down) /);

// HIVE_MOST_MIB: memory of a sanitized build is another matter.
const most = Number(process.env.HIVE_MOST_MIB ?? 200);

export async function sound(nodes) {
  for (const { name, node } of nodes) {
    const now = (await call(node.url, 'GET', '/v1/node')).json;
    assert.equal(now.restarts, 0, `${name} started actors anew`);
    const { actors } = (await call(node.url, 'GET', '/v1/actors?limit=1000')).json;
    const old = actors.filter((a) => a.oldest_s > 5);
    assert.deepEqual(old, [], `${name} has messages older than 5 s`);
    const { rss: kib } = await usage(node.pid);
    assert.ok(mib(kib) <= most, `${name} holds ${mib(kib)} MiB`);
    // Nobody is lost, and no link, without a cause.
    for (const line of [...losses(node), ...lines(node, / link\.down /)]) assert.match(line, / cause=\S+/, name);
    assert.doesNotMatch(node.said(), / (actor-crashed|member\.conflict|member\.replaced) /, name);
  }
}
