// Three real nodes: they find each other, notice who is gone, take him back, and work for one another.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import tls from 'node:tls';
import { call, events, job, submit, until } from './support/api.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { allSee, lab, memberOf, members, settles } from './support/lab.mjs';
import { content, startWeb } from './support/web.mjs';

let three, a, b, c;
const all = () => [a, b, c];

before(async () => {
  three = await lab(['ada', 'bob', 'cay'], { cay: ['--labels', 'gpu'] });
  ({ ada: a, bob: b, cay: c } = three.nodes);
});
after(() => three?.stop());

async function together(seconds = 20) {
  await settles(() => allSee(all(), 'ok', 3), seconds, 'all three see all three');
}

describe('a hive of three', { timeout: 300_000 }, () => {
  test('is complete within seconds, in the API and on the command line', async () => {
    await together();
    const shown = await hive(b.path, ['nodes']);
    assert.equal(shown.code, 0, shown.err);
    for (const name of ['ada', 'bob', 'cay']) assert.match(shown.out, new RegExp(`${name}.* up .* ok `));
    assert.match(shown.out, /cay.*gpu/);
    const json = JSON.parse((await hive(c.path, ['nodes', '--json'])).out);
    assert.equal(json.members.length, 3);
    assert.equal(json.next_cursor, null);
    assert.deepEqual([json.island.visible, json.island.expected, json.island.majority], [3, 3, true]);
    const own = json.members.find((m) => m.self);
    assert.equal(own.name, 'cay');
    assert.deepEqual(own.addresses, [c.peers]);
  });

  test('kill -9 is seen at once, and the node comes back as one of them', async () => {
    await together();
    const before = (await memberOf(a.node, 'bob')).incarnation;
    await b.node.kill('SIGKILL');
    const seen = await settles(async () => (await memberOf(a.node, 'bob')).reachability === 'unreachable', 5);
    assert.ok(seen.ms < 2500, `${Math.round(seen.ms)} ms`);
    const gone = await memberOf(c.node, 'bob');
    await settles(async () => (await memberOf(c.node, 'bob')).reachability === 'unreachable', 5);
    assert.ok(['ok', 'suspect', 'unreachable'].includes(gone.reachability));
    const island = (await members(a.node)).island;
    assert.deepEqual([island.visible, island.expected, island.majority], [2, 3, true]);
    const why = (await memberOf(a.node, 'bob')).seen[0];
    assert.match(why.cause, /^(reset|refused)$/);
    await b.start();
    await together();
    assert.ok((await memberOf(a.node, 'bob')).incarnation > before);
  });

  test('a frozen node is unreachable within 6 s, and is back when it goes on', async () => {
    await together();
    process.kill(c.node.pid, 'SIGSTOP');
    try {
      const seen = await settles(async () => (await memberOf(a.node, 'cay')).reachability === 'unreachable', 12);
      assert.ok(seen.ms < 8000, `${Math.round(seen.ms)} ms`);
    } finally {
      process.kill(c.node.pid, 'SIGCONT');
    }
    await together(30);
  });

  test('a job for another node is done there, and followed from here', async (t) => {
    await together();
    const site = await startWeb({ '/m.bin': { bytes: content(3_000_000), head: { etag: '"1"' } } });
    t.after(site.stop);
    const got = await hive(a.path, ['pull', '--on', 'bob', site.url('/m.bin')]);
    assert.equal(got.code, 0, got.out + got.err);
    const there = (await call(b.node.url, 'GET', '/v1/artifacts')).json.artifacts;
    assert.equal(there.length, 1);
    assert.equal((await call(a.node.url, 'GET', '/v1/artifacts')).json.artifacts.length, 0);
    const everywhere = (await call(c.node.url, 'GET', '/v1/jobs?all=true')).json;
    const one = everywhere.jobs.find((j) => j.node.name === 'bob');
    assert.equal(one.state, 'succeeded');
    assert.deepEqual(everywhere.missing, []);
    assert.match((await hive(c.path, ['jobs', '--all'])).out, /succeeded.*bob/);
    const told = await hive(c.path, ['jobs', 'logs', '-f', one.id]);
    assert.equal(told.code, 0, told.err);
    assert.match(told.out, /succeeded|done|finished/i);
  });

  test('a running job of another node can be paused and cancelled from here', async (t) => {
    await together();
    const site = await startWeb({ '/slow.bin': { bytes: content(20_000_000, 'slow'), head: { etag: '"1"' } } }, { rate: 200_000 });
    t.after(site.stop);
    const made = await submit(a.node.url, site.url('/slow.bin'), { on: 'cay' });
    assert.equal(made.node.name, 'cay');
    await until(b.node.url, made.id, (j) => j.state === 'fetching');
    assert.equal((await call(b.node.url, 'POST', `/v1/jobs/${made.id}/pause`)).status, 200);
    assert.equal((await job(c.node.url, made.id)).state, 'paused');
    assert.equal((await call(a.node.url, 'POST', `/v1/jobs/${made.id}/cancel`)).status, 202);
    await until(c.node.url, made.id, (j) => j.state === 'cancelled');
  });

  test('a job is followed through the death of its node, to its end', async (t) => {
    await together();
    const site = await startWeb({ '/again.bin': { bytes: content(8_000_000, 'again'), head: { etag: '"1"' } } }, { rate: 1_000_000 });
    t.after(site.stop);
    const { id } = await submit(a.node.url, site.url('/again.bin'), { on: 'bob' });
    await until(a.node.url, id, (j) => j.progress.received > 0);
    const told = events(a.node.url, `/v1/jobs/${id}/events`);
    await settles(async () => (await call(a.node.url, 'GET', '/v1/actors?name=follower')).json.actors.length > 0, 20, 'ada follows it');
    await b.node.kill('SIGKILL');
    await b.start();
    const all = await Promise.race([told, wait(90_000, [], { ref: false })]);
    assert.equal(all.at(-1)?.event, 'end');
    assert.equal(all.at(-1).data.state, 'succeeded');
  });

  test('what the hive is to hold reaches all, those with a label, and who comes later', async (t) => {
    await together();
    const site = await startWeb({
      '/all.bin': { bytes: content(100_000, 'all'), head: { etag: '"1"' } },
      '/gpu.bin': { bytes: content(100_000, 'gpu'), head: { etag: '"1"' } },
    });
    t.after(site.stop);
    const holds = async (one, ref) => (await call(one.node.url, 'GET', '/v1/artifacts')).json.artifacts.some((x) => x.ref.includes(ref));
    const gpu = await hive(a.path, ['pull', '--on', 'label=gpu', site.url('/gpu.bin')]);
    assert.equal(gpu.code, 0, gpu.err);
    assert.ok(await holds(c, '/gpu.bin'));
    assert.ok(!(await holds(b, '/gpu.bin')));
    await b.node.kill('SIGKILL');
    await settles(async () => (await memberOf(a.node, 'bob')).reachability !== 'ok', 10);
    const got = await hive(a.path, ['pull', '--on', 'all', site.url('/all.bin')]);
    assert.equal(got.code, 0, got.err + got.out);
    assert.ok(await holds(a, '/all.bin'));
    assert.ok(await holds(c, '/all.bin'));
    await b.start();
    await settles(() => holds(b, '/all.bin'), 40, 'bob holds what all are to hold');
    const nobody = await hive(a.path, ['pull', '--on', 'label=tpu', site.url('/gpu.bin')]);
    assert.notEqual(nobody.code, 0);
    assert.match(nobody.err, /no member of the hive fits label=tpu/);
  });

  test('actors of another node are listed through any node', async () => {
    await together();
    const got = await hive(a.path, ['actors', '--node', 'bob', '--table']);
    assert.equal(got.code, 0, got.err);
    assert.match(got.out, /cluster/);
    assert.match(got.out, /peer .*linked|linked/);
    const nobody = await hive(a.path, ['actors', '--node', 'dan']);
    assert.equal(nobody.code, 3, nobody.out);
    assert.match(nobody.err, /no member of the hive is called dan/);
  });

  test('actors of another node come as events, too', async () => {
    await together();
    const first = async (node) => {
      const stream = await fetch(`${a.node.url}/v1/actors?name=peer&node=${node}`, { headers: { Accept: 'text/event-stream' } });
      let text = '';
      for await (const part of stream.body.pipeThrough(new TextDecoderStream())) if ((text += part).includes('\n\n')) break;
      return text;
    };
    const labels = JSON.parse((await first('bob')).match(/^data: (.*)$/m)[1]).actors.map(({ label }) => label).join();
    assert.match(labels, /ada/);
    assert.doesNotMatch(labels, /bob/);
    assert.match(await first('dan'), /^event: problem\ndata: .*no member of the hive is called dan/);
  });

  test('strangers get no further than TLS, and the hive does not mind them', async (t) => {
    await together();
    const [host, port] = a.peers.split(':');
    const ends = (socket) => new Promise((done) => {
      socket.on('error', () => {});
      socket.on('close', () => done(true));
      setTimeout(() => { socket.destroy(); done(false); }, 10_000);
    });
    const plain = net.connect(Number(port), host);
    const garbage = net.connect(Number(port), host);
    const silent = net.connect(Number(port), host);
    const nobody = tls.connect({ host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['hive-peer/1'] });
    const over = [plain, garbage, silent, nobody].map(ends);
    plain.write('CAF!'.repeat(64));
    garbage.write(Buffer.alloc(9000, 0xff));
    assert.deepEqual(await Promise.all(over), [true, true, true, true]);
    // A member of another hive.
    const home = await temporary();
    t.after(home.remove);
    assert.equal((await hive(home.path, ['init', '--name', 'other'])).code, 0);
    const foreign = await serve(home.path, { args: ['--name', 'eve', '--peer-listen', '127.0.0.1:0', '--join', a.peers] });
    t.after(() => foreign.kill());
    await settles(() => /no link with .*wrong-cluster|seed.failed/.test(foreign.said()), 10, 'the stranger says why');
    await settles(() => /peer-refused/.test(a.node.said()), 10, 'the node says why');
    assert.equal((await members(foreign)).members.length, 1);
    assert.ok(await allSee(all(), 'ok', 3));
  });

  test('a revoked node loses its link everywhere', async () => {
    await together();
    const id = (await memberOf(a.node, 'cay')).id;
    const got = await hive(a.path, ['revoke', id, '--reason', 'stolen']);
    assert.equal(got.code, 0, got.err);
    await settles(async () => !(await memberOf(a.node, 'cay'))?.linked, 30, 'ada cuts the link');
    await settles(async () => !(await memberOf(b.node, 'cay'))?.linked, 30, 'bob cuts the link');
    await wait(2000);
    assert.ok(!(await memberOf(b.node, 'cay')).linked);
  });
});
