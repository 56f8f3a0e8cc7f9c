// What a node tells: whose request it was, a history that can be taken up anywhere, and never a secret.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { connect, createServer as createTcp } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { call, events, submit, until } from './support/api.mjs';
import { freePort } from './support/hub.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { listening, smallHub } from './support/small-hub.mjs';

async function home(t) {
  const made = await temporary();
  t.after(made.remove);
  return made.path;
}
async function hubOf(t, files, answer) {
  const hub = smallHub('acme/tiny', files, answer);
  return `http://127.0.0.1:${await listening(t, createServer(hub.handler))}`;
}
const small = { 'config.json': Buffer.from('{}'), 'model.bin': randomBytes(300_000) };

describe('a correlation id', () => {
  test('goes from the request through the job into every event and log line, and survives a restart', async (t) => {
    const where = await home(t);
    const env = { HF_ENDPOINT: await hubOf(t, small) };
    const node = await serve(where, { env });
    t.after(() => node.kill());
    const got = await call(node.url, 'POST', '/v1/jobs', { kind: 'pull', ref: 'hf:acme/tiny' }, { 'X-Correlation-Id': 'trace-7' });
    assert.equal(got.headers.get('x-correlation-id'), 'trace-7');
    const done = await until(node.url, got.json.id);
    assert.equal(done.correlation, 'trace-7');
    const told = await events(node.url, `/v1/jobs/${done.id}/events`);
    assert.deepEqual([...new Set(told.map((e) => e.data.correlation))], ['trace-7']);
    const lines = node.said().split('\n').filter((line) => line.includes(done.id));
    assert.ok(lines.length >= 5, node.said());
    for (const line of lines) assert.match(line, / correlation=trace-7 /);
    await node.stop();
    const again = await serve(where, { env });
    t.after(() => again.kill());
    assert.equal((await call(again.url, 'GET', `/v1/jobs/${done.id}`)).json.correlation, 'trace-7');
    assert.deepEqual((await events(again.url, `/v1/jobs/${done.id}/events`)).map((e) => [e.id, e.data.correlation]), told.filter((e) => e.event !== 'progress').map((e) => [e.id, 'trace-7']));
  });

  test('is made by hive pull, which shows it, and by the node where there is none', async (t) => {
    const where = await home(t);
    const node = await serve(where, { env: { HF_ENDPOINT: await hubOf(t, small) } });
    t.after(() => node.kill());
    const pulled = await hive(where, ['pull', 'hf:acme/tiny', '--json']);
    const last = JSON.parse(pulled.out.trim().split('\n').at(-1));
    assert.match(last.correlation, /^[0-9A-Z]{26}$/);
    assert.match(node.said(), new RegExp(`job-succeeded correlation=${last.correlation} `));
    const bare = await call(node.url, 'POST', '/v1/jobs', { kind: 'pull', ref: 'hf:acme/tiny' });
    assert.match(bare.json.correlation, /^[0-9A-Z]{26}$/);
    assert.equal(bare.headers.get('x-correlation-id'), bare.json.correlation);
  });
});

describe('hive jobs logs', () => {
  const seqs = (out) => out.trim().split('\n').map((line) => JSON.parse(line)).filter((e) => e.action !== 'progress').map((e) => e.seq);

  test('takes the story up after any event', async (t) => {
    const where = await home(t);
    const node = await serve(where, { env: { HF_ENDPOINT: await hubOf(t, small) } });
    t.after(() => node.kill());
    const done = await until(node.url, (await submit(node.url, 'hf:acme/tiny')).id);
    const all = seqs((await hive(where, ['jobs', 'logs', done.id, '--json'])).out);
    assert.ok(all.length >= 5);
    for (const follow of [[], ['-f']]) {
      const rest = await hive(where, ['jobs', 'logs', done.id, '--json', '--since', String(all[2]), ...follow]);
      assert.deepEqual(seqs(rest.out), all.slice(3));
      const none = await hive(where, ['jobs', 'logs', done.id, '--json', '--since', String(all.at(-1)), ...follow]);
      assert.deepEqual([none.code, none.out], [0, '']);
    }
    assert.equal((await hive(where, ['jobs', 'logs', done.id, '--since', 'x'])).code, 2);
  });

  test('-f loses nothing and repeats nothing when its connection is cut again and again', async (t) => {
    const where = await home(t);
    // A file that takes a while, so that the story does.
    const slow = (request, response, path) => {
      if (!path.endsWith('model.bin')) return false;
      setTimeout(() => smallHub('acme/tiny', small).handler(request, response), 2500);
      return true;
    };
    const node = await serve(where, { env: { HF_ENDPOINT: await hubOf(t, small, slow) } });
    t.after(() => node.kill());
    const { port } = new URL(node.url);
    let cuts = 0;
    const between = createTcp((from) => {
      const to = connect(port, '127.0.0.1');
      let seen = 0;
      to.on('data', (bytes) => {
        from.write(bytes);
        seen += bytes.length;
        if (seen > 1200 && bytes.includes('event:')) { cuts++; from.destroy(); to.destroy(); }
      });
      from.on('data', (bytes) => to.write(bytes));
      for (const one of [from, to]) one.on('error', () => {}).on('close', () => { from.destroy(); to.destroy(); });
    });
    const relay = await listening(t, between);
    const { id } = await submit(node.url, 'hf:acme/tiny');
    const told = await hive(where, ['--node', `http://127.0.0.1:${relay}`, 'jobs', 'logs', '-f', id, '--json']);
    assert.equal(told.code, 0, told.err);
    assert.ok(cuts >= 2, `${cuts} cuts`);
    const whole = (await events(node.url, `/v1/jobs/${id}/events`)).filter((e) => e.event !== 'progress').map((e) => e.id);
    assert.deepEqual(seqs(told.out), whole);
  });
});

describe('secrets', () => {
  const planted = {
    hub: 'hf_plantedHubTokenOfTheNode0001',
    job: 'hf_plantedTokenOfOneJob00000002',
    github: 'ghp_plantedInAVendorsReply00003',
    registry: 'eyJhbGciOiJSUzI1NiJ9.eyJwbGFudGVkIjoiNCJ9.cGxhbnRlZC1zaWduYXR1cmU',
    bearer: 'planted-opaque-bearer-5',
    signature: 'plantedSignature6',
    password: 'plantedPassword7',
    proxy: 'plantedProxyPassword8',
    api: 'hvt_plantedApiTokenOfTheDoor009',
  };

  async function everything(where, node, ids) {
    const found = { log: node.said() };
    const auth = { Authorization: `Bearer ${planted.api}` };
    for (const path of ['/v1/jobs', '/v1/node', '/v1/artifacts', '/v1/limits', '/metrics', '/readyz', ...ids.map((id) => `/v1/jobs/${id}`)])
      found[path] = (await call(node.url, 'GET', path, undefined, auth)).text;
    for (const id of ids) found[`events ${id}`] = JSON.stringify(await events(node.url, `/v1/jobs/${id}/events`, auth));
    const gone = new AbortController();
    const stream = await fetch(`${node.url}/v1/events?after=0`, { headers: auth, signal: gone.signal });
    const reader = stream.body.getReader();
    let ring = '';
    const enough = wait(700).then(() => gone.abort());
    try { for (;;) { const { done, value } = await reader.read(); if (done) break; ring += Buffer.from(value).toString(); } } catch { /* aborted */ }
    await enough;
    assert.match(ring, /job-failed/);
    found['/v1/events'] = ring;
    await node.stop();
    found['log at the end'] = node.said();
    for (const file of (await readdir(where)).filter((name) => name.startsWith('hive.db'))) found[file] = (await readFile(join(where, file))).toString('latin1');
    return found;
  }

  test('planted in URLs, headers, tokens and replies of vendors appear in nothing that a node writes', async (t) => {
    const where = await home(t);
    // Every reply but a redirect's quotes what it was sent and more.
    const endpoint = await hubOf(t, small, (request, response, path) => {
      const told = `refused ${request.headers.authorization} ${planted.github} token=${planted.signature} "access_token": "${planted.bearer}" `
        + `Authorization: Bearer ${planted.bearer} https://user:${planted.password}@cdn.test/x?X-Amz-Signature=${planted.signature}&sig=${planted.signature} ${planted.registry}`;
      const headers = { 'x-error-message': told, 'set-cookie': `session=${planted.bearer}`, 'content-type': 'application/json' };
      const status = { denied: 403, gone: 404, busy: 429, broken: 500, odd: 200 }[path.split('/')[4]?.split('-')[0]];
      if (path.startsWith('/api/') && status) return response.writeHead(status, headers).end(JSON.stringify({ error: told, ...(status === 200 && { sha: told }) }));
      if (path.includes('/resolve/') && path.endsWith('model.bin'))
        return response.writeHead(302, { location: `http://user:${planted.password}@127.0.0.1:1/x?X-Amz-Signature=${planted.signature}&X-Amz-Credential=${planted.signature}` }).end();
      return false;
    });
    const node = await serve(where, {
      env: { HF_ENDPOINT: endpoint, HF_TOKEN: planted.hub, HIVE_TOKEN: planted.api, HIVE_LOG_LEVEL: 'debug' },
      listen: '0.0.0.0:0',
    });
    t.after(() => node.kill());
    const headers = { Authorization: `Bearer ${planted.api}`, 'X-Correlation-Id': planted.job, 'Content-Type': 'application/json' };
    const ids = [];
    for (const name of ['denied', 'gone', 'busy', 'broken', 'odd', 'tiny']) {
      const got = await fetch(`${node.url}/v1/jobs?token=${planted.bearer}&sig=${planted.signature}`, {
        method: 'POST', headers, body: JSON.stringify({ kind: 'pull', ref: `hf:acme/${name}`, token: planted.job }) });
      assert.equal(got.status, 202, await got.clone().text());
      ids.push((await got.json()).id);
    }
    const now = async (id) => (await call(node.url, 'GET', `/v1/jobs/${id}`, undefined, headers)).json;
    for (const id of ids)
      for (let left = 200; left > 0 && !['failed', 'waiting'].includes((await now(id)).state); left--) await wait(50);
    for (const id of ids) await call(node.url, 'POST', `/v1/jobs/${id}/cancel`, {}, headers);
    for (const id of ids)
      for (let left = 100; left > 0 && !(await now(id)).finished_at; left--) await wait(50);
    const found = await everything(where, node, ids);
    assert.match(found.log, /\[redacted\]/, 'what vendors say is told, without the secrets');
    for (const [place, text] of Object.entries(found))
      for (const [name, secret] of Object.entries(planted))
        assert.ok(!text.includes(secret), `${name} in ${place}: ${text.slice(Math.max(0, text.indexOf(secret) - 200), text.indexOf(secret) + 60)}`);
  });

  test('of a proxy stay its own', async (t) => {
    const where = await home(t);
    const node = await serve(where, { env: {
      HF_ENDPOINT: 'http://hub.test', HIVE_PROXY: `http://user:${planted.proxy}@127.0.0.1:${await freePort()}`, HIVE_LOG_LEVEL: 'debug' } });
    t.after(() => node.kill());
    const { id } = await submit(node.url, 'hf:acme/tiny');
    const stuck = await until(node.url, id, (j) => ['waiting', 'failed'].includes(j.state));
    assert.ok(!JSON.stringify(stuck).includes(planted.proxy));
    await call(node.url, 'POST', `/v1/jobs/${id}/cancel`, {});
    await until(node.url, id);
    const doctor = await hive(where, ['doctor'], { env: { HIVE_PROXY: `http://user:${planted.proxy}@127.0.0.1:1` } });
    await node.stop();
    assert.ok(!node.said().includes(planted.proxy), node.said());
    assert.ok(!(doctor.out + doctor.err).includes(planted.proxy), doctor.out);
    for (const file of (await readdir(where)).filter((name) => name.startsWith('hive.db')))
      assert.ok(!(await readFile(join(where, file))).includes(planted.proxy), file);
  });
});
