// The actor inspector through every face.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { call, submit, until } from './support/api.mjs';
import { actors, eventually, running } from './support/inspected.mjs';
import { hive } from './support/hive.mjs';
import { listening, smallHub } from './support/small-hub.mjs';
import { findStuck } from './support/stuck-job.mjs';

findStuck(40);

describe('a quiet node', () => {
  test('is listed as a tree and as a table, whole, page by page', async (t) => {
    const { where, node } = await running(t, {});
    const whole = JSON.parse((await hive(where, ['actors', '--json'])).out);
    assert.equal(whole.actors.length, whole.alive);
    assert.equal(whole.next_cursor, null);
    const names = whole.actors.map((one) => one.name);
    for (const name of ['queue', 'catalog', 'narrator', 'shelf', 'inspector']) assert.ok(names.includes(name), name);
    const ids = new Set(whole.actors.map((one) => one.id));
    for (const one of whole.actors) assert.ok(one.parent === null || ids.has(one.parent), JSON.stringify(one));
    const paged = [];
    for (let cursor = ''; cursor !== null;) {
      const page = (await call(node.url, 'GET', `/v1/actors?limit=3&cursor=${cursor}`)).json;
      assert.ok(page.actors.length <= 3);
      paged.push(...page.actors.map((one) => one.id));
      cursor = page.next_cursor;
    }
    assert.deepEqual(paged, [...ids].sort((a, b) => a - b));
    const tree = (await hive(where, ['actors'])).out;
    assert.match(tree, /^ACTOR +STATE +QUEUE +HANDLED +JOB +WORKS AT\n/);
    assert.match(tree, /\n +queue \d+ /);
    const top = (await hive(where, ['actors', '--top', '5', '--by', 'time', '--window', '1s'])).out;
    assert.equal(top.trim().split('\n').length, 6);
    assert.match(top, /^ *ID +PARENT +NAME +STATE +QUEUE +OLDEST +MSG\/S +BUSY /);
    const bad = await hive(where, ['actors', '--by', 'size']);
    assert.equal(bad.code, 2);
    assert.match(bad.err, /by: must be one of id, queue, age, rate, time, growth/);
  });

  test('shows one actor, and refuses what does not fit it', async (t) => {
    const { where, node } = await running(t, {});
    const [queue] = await actors(node.url, 'name=queue');
    const shown = (await hive(where, ['actors', 'show', `${queue.id}`])).out;
    assert.match(shown, new RegExp(`^queue ${queue.id}\n`));
    assert.match(shown, /\nabove +\S+ \d+/);
    for (const args of [['pause', `${queue.id}`], ['cancel', `${queue.id}`]]) {
      const refused = await hive(where, ['actors', ...args]);
      assert.equal(refused.code, 4, refused.out);
      assert.match(refused.err, /works for/);
    }
    assert.equal((await hive(where, ['actors', 'show', '999999'])).code, 3);
    assert.equal((await call(node.url, 'POST', `/v1/actors/${queue.id}/crash`)).status >= 400, true);
  });

  test('restarts an actor on request, and goes on', async (t) => {
    const { where, node } = await running(t, {});
    const [before] = await actors(node.url, 'name=catalog');
    assert.equal((await hive(where, ['actors', 'restart', `${before.id}`])).code, 0);
    await eventually('another catalog', async () => {
      const got = await call(node.url, 'GET', '/v1/actors?name=catalog');
      const after = got.json?.actors?.[0];
      return after && after.id !== before.id;
    });
    assert.equal((await call(node.url, 'GET', '/v1/artifacts')).status, 200);
  });

  test('streams its actors as events, and follows them on the command line', async (t) => {
    const { where, node } = await running(t, {});
    const got = await fetch(`${node.url}/v1/actors?interval=250ms`, { headers: { Accept: 'text/event-stream' } });
    assert.equal(got.headers.get('content-type'), 'text/event-stream');
    let text = '';
    for await (const part of got.body) {
      text += Buffer.from(part).toString();
      if (text.split('event: actors\n').length > 3) break;
    }
    const lines = await hive(where, ['actors', '--watch', '--json'], { onStart: (child) => {
      let seen = '';
      child.stdout.on('data', (d) => { seen += d; if (seen.split('\n').length > 2) child.kill('SIGINT'); });
    } });
    assert.equal(lines.code, 130);
    for (const line of lines.out.trim().split('\n')) assert.ok(JSON.parse(line).alive > 5);
  });
});

test('a trace holds what was handled, in the form Perfetto reads, and ends when it should', async (t) => {
  const small = { 'config.json': Buffer.from('{}'), 'model.bin': randomBytes(300_000) };
  const hub = smallHub('acme/tiny', small);
  const { where, node } = await running(t, { HF_ENDPOINT: `http://127.0.0.1:${await listening(t, createServer(hub.handler))}` });
  const file = join(where, 'trace.json');
  const tracing = hive(where, ['actors', 'trace', '--seconds', '4', '-o', file]);
  await eventually('a trace is under way', async () => /\nhive_http_growing_bodies 1\n/.test((await call(node.url, 'GET', '/metrics')).text));
  assert.equal((await call(node.url, 'GET', '/v1/actors/trace')).status, 409);
  await until(node.url, (await submit(node.url, 'hf:acme/tiny')).id);
  const done = await tracing;
  assert.equal(done.code, 0, done.err);
  const trace = JSON.parse(await readFile(file, 'utf8'));
  const named = new Map(trace.traceEvents.filter((e) => e.ph === 'M' && e.name === 'thread_name').map((e) => [e.tid, e.args.name]));
  const messages = trace.traceEvents.filter((e) => e.ph === 'X');
  assert.ok(messages.length > 20);
  for (const e of messages) {
    assert.ok(named.has(e.tid));
    assert.ok(e.ts >= 0 && e.dur >= 0 && e.pid === 1 && e.name.length > 0, JSON.stringify(e));
    assert.ok('sender' in e.args && e.args.waited_s >= 0);
  }
  assert.ok([...named.values()].some((name) => name.startsWith('job ')));
  assert.equal(trace.otherData.ended, 'time');
  const few = (await call(node.url, 'GET', '/v1/actors/trace?seconds=30&messages=3')).json;
  assert.equal(few.traceEvents.filter((e) => e.ph === 'X').length, 3);
  assert.equal(few.otherData.ended, 'messages');
});

test('hive events tells what one actor says, by its id or its name', async (t) => {
  const hub = smallHub('acme/tiny', { 'config.json': Buffer.from('{}') });
  const { where, node } = await running(t, { HF_ENDPOINT: `http://127.0.0.1:${await listening(t, createServer(hub.handler))}` });
  const [queue] = await actors(node.url, 'name=queue');
  const listeners = ['queue', `${queue.id}`].map((actor) => {
    const one = { said: '' };
    one.done = hive(where, ['events', '--json', '--actor', actor], { onStart: (child) => {
      one.stop = () => child.kill('SIGINT');
      child.stdout.on('data', (d) => { one.said += d; });
    } });
    return one;
  });
  await eventually('both listen', async () => /\nhive_sse_subscribers 2\n/.test((await call(node.url, 'GET', '/metrics')).text));
  await until(node.url, (await submit(node.url, 'hf:acme/tiny')).id);
  for (const one of listeners) {
    await eventually('the job has ended for it', () => one.said.includes('"job-succeeded"'));
    one.stop();
    const told = (await one.done).out.trim().split('\n').map((line) => JSON.parse(line));
    assert.ok(told.length >= 3);
    for (const event of told) assert.deepEqual([event.actor, event.actor_id], ['queue', queue.id]);
  }
});
