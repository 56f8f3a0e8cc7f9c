// bench/limits: how exactly limits hold: a real node, a local nginx in Hub shape, live changes.
//
//   node tests/bench/limits.mjs [--windows 3] [--rates 1M,20M,200M] [--lanes 1,16,64] [--mib 4096]
//
// Needs: HIVE_BINARY (default build/dev/hive), nginx. Downloads: the pull runs freely until it has the lanes
// asked for (nginx gives each connection a share, so that more lanes bring more), then the rate is set through
// PATCH /v1/limits and the node's count of received bytes is read every 100 ms. Uploads: clients read a blob and
// count. "holds after" is the time from the answer to PATCH until every later second is within 5 %.
import { parseArgs } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { call, submit } from '../e2e/support/api.mjs';
import { serve, temporary } from '../e2e/support/hive.mjs';
import { startHub } from '../e2e/support/hub.mjs';

const { values } = parseArgs({ options: {
  windows: { type: 'string', default: '3' }, rates: { type: 'string', default: '1M,20M,200M' },
  lanes: { type: 'string', default: '1,16,64' }, mib: { type: 'string', default: '4096' } } });
const windows = Number(values.windows);
const bytesOf = (text) => Number.parseFloat(text) * { k: 1e3, M: 1e6, G: 1e9 }[text.at(-1)];
const rates = values.rates.split(',');
const size = Number(values.mib) * 2 ** 20;

async function metric(url, name) {
  const { text } = await call(url, 'GET', '/metrics');
  return Number(text.match(new RegExp(`^${name} (\\d+)`, 'm'))[1]);
}

// [{at (s), bytes}] every 100 ms.
async function watch(seconds, count) {
  const seen = [];
  const began = performance.now();
  while (seen.length === 0 || seen.at(-1).at < seconds) {
    const bytes = await count();
    seen.push({ at: (performance.now() - began) / 1000, bytes });
    await wait(100);
  }
  return seen;
}

const bytesAt = (seen, at) => {
  const next = Math.max(1, seen.findIndex((s) => s.at >= at));
  const [a, b] = [seen[next - 1], seen[next]];
  return a.bytes + ((b.bytes - a.bytes) * (at - a.at)) / (b.at - a.at);
};
const error = (seen, from, span, rate) => (bytesAt(seen, from + span) - bytesAt(seen, from)) / (rate * span) - 1;

function judge(seen, rate) {
  let holds = 0;
  for (let at = seen[0].at; at + 1 < seen.at(-1).at - 0.2; at += 0.1) if (Math.abs(error(seen, at, 1, rate)) > 0.05) holds = at + 0.1;
  const errors = [];
  for (let i = 0; i < windows; i++) errors.push(error(seen, 1 + 5 * i, 5, rate));
  return { holds, errors };
}

const percent = (x) => `${x >= 0 ? '+' : ''}${(100 * x).toFixed(1)} %`;
function row(what, lanes, rate, { holds, errors }) {
  console.log(`| ${what} | ${lanes} | ${rate}B/s | ${holds.toFixed(1)} s | ${errors.map(percent).join(', ')} |`);
}

async function download(lanes) {
  const share = lanes === 1 ? undefined : lanes === 16 ? '20m' : '5m';
  const hub = await startHub([{ id: 'acme/big', rate: share, files: { 'model.gguf': size } }]);
  const home = await temporary('bench');
  const node = await serve(home.path, { env: { HF_ENDPOINT: hub.endpoint, HIVE_LANES_PER_FILE: `${lanes}`, HIVE_LANES_PER_ORIGIN: `${lanes}` } });
  try {
    for (const text of rates) {
      const rate = bytesOf(text);
      await call(node.url, 'PATCH', '/v1/limits', { download_rate: 0, max_lanes: lanes });
      const { id } = await submit(node.url, 'hf:acme/big');
      let most = 0;
      for (let left = 60; left > 0 && most < lanes; left--) { most = Math.max(most, await metric(node.url, 'hive_lanes')); await wait(25); }
      await call(node.url, 'PATCH', '/v1/limits', { download_rate: rate });
      const seen = await watch(1.5 + 5 * windows, () => metric(node.url, 'hive_bytes_received_total'));
      const { state } = (await call(node.url, 'GET', `/v1/jobs/${id}`)).json;
      if (state !== 'fetching') throw new Error(`the pull was ${state} before the time was over: give more --mib`);
      row('download', `${most} → ${await metric(node.url, 'hive_lanes')}`, text, judge(seen, rate));
      await call(node.url, 'POST', `/v1/jobs/${id}/cancel`, { purge: true });
      await wait(500);
    }
  } finally {
    await node.stop(); await hub.stop(); await home.remove();
  }
}

async function uploads() {
  const hub = await startHub([{ id: 'acme/served', files: { 'model.gguf': 256 << 20 } }]);
  const home = await temporary('bench');
  const node = await serve(home.path, { env: { HF_ENDPOINT: hub.endpoint } });
  try {
    const { id } = await submit(node.url, 'hf:acme/served');
    while ((await call(node.url, 'GET', `/v1/jobs/${id}`)).json.state !== 'succeeded') await wait(100);
    const blob = `${node.url}/v1/blobs/sha256:${hub.repos['acme/served'].files['model.gguf'].sha256}`;
    for (const clients of [1, 16]) {
      let [bytes, stop] = [0, false];
      const readers = Array.from({ length: clients }, async () => {
        while (!stop) {
          for await (const part of (await fetch(blob)).body) { bytes += part.length; if (stop) break; }
        }
      });
      for (const text of rates) {
        await call(node.url, 'PATCH', '/v1/limits', { upload_rate: bytesOf(text) });
        row('upload', clients, text, judge(await watch(1.5 + 5 * windows, () => bytes), bytesOf(text)));
      }
      stop = true;
      await call(node.url, 'PATCH', '/v1/limits', { upload_rate: 0 });
      await Promise.all(readers);
    }
  } finally {
    await node.stop(); await hub.stop(); await home.remove();
  }
}

console.log('| what | lanes or clients | rate | holds after | error of each 5 s, from the second on |\n|---|---|---|---|---|');
for (const lanes of values.lanes.split(',').map(Number)) await download(lanes);
await uploads();
