// A node's HTTP API as tests use it.
import { setTimeout as wait } from 'node:timers/promises';

// Tokens of nodes that are not on loopback, by their URL.
export const tokens = new Map();

export async function call(url, method, path, body, headers = {}) {
  const got = await fetch(url + path, {
    method,
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(tokens.has(url) && { Authorization: `Bearer ${tokens.get(url)}` }),
      ...headers,
    },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await got.text();
  let json = null;
  try { json = JSON.parse(text); } catch { /* not JSON */ }
  return { status: got.status, headers: got.headers, text, json };
}

export async function submit(url, ref, more = {}) {
  const got = await call(url, 'POST', '/v1/jobs', { kind: 'pull', ref, ...more });
  if (got.status !== 202) throw new Error(`POST /v1/jobs: ${got.status} ${got.text}`);
  return got.json.job ?? got.json;
}

export const job = async (url, id) => { const { json } = await call(url, 'GET', `/v1/jobs/${id}`); return json.job ?? json; };

const over = new Set(['succeeded', 'failed', 'cancelled']);

// Until `good(job)`; by default until the job has ended. `often`: milliseconds between two looks.
export async function until(url, id, good = (j) => over.has(j.state), seconds = 60, often = 50) {
  for (let left = seconds * 1000 / often; left > 0; left--) {
    const now = await job(url, id);
    if (good(now)) return now;
    if (over.has(now.state)) throw new Error(`job ended as ${JSON.stringify(now)}`);
    await wait(often);
  }
  throw new Error(`job ${id} did not get there: ${JSON.stringify(await job(url, id))}`);
}

// Reads an event stream to its end: [{id, event, data}].
export async function events(url, path, headers = {}) {
  const got = await fetch(url + path, { headers });
  const all = [];
  for (const block of (await got.text()).split('\n\n')) {
    const event = {};
    for (const line of block.split('\n')) {
      const cut = line.indexOf(': ');
      if (cut > 0) event[line.slice(0, cut)] = line.slice(cut + 2);
    }
    if (event.data) all.push({ ...event, id: Number(event.id), data: JSON.parse(event.data) });
  }
  return all;
}
