// What who runs a hive needs of two nodes: who holds what, wishes taken back, whether they reach each other, and that
// nothing is destroyed while the other half is away.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { call, until } from './support/api.mjs';
import { hive } from './support/hive.mjs';
import { allSee, lab, memberOf, members, settles } from './support/lab.mjs';
import { content, startWeb } from './support/web.mjs';

let two, a, b, site;
const both = () => [a, b];
const together = () => settles(() => allSee(both(), 'ok', 2), 60, 'both see both');
const file = (name) => ({ bytes: content(100_000, name), head: { etag: `"${name}"` } });
const artifacts = async (one) => (await call(one.node.url, 'GET', '/v1/artifacts')).json.artifacts;
const wishes = async (one) => (await call(one.node.url, 'GET', '/v1/wishes')).json.wishes;

before(async () => {
  two = await lab(['ada', 'bob']);
  ({ ada: a, bob: b } = two.nodes);
  site = await startWeb({ '/one.bin': file('one'), '/all.bin': file('all'), '/slow.bin': { bytes: content(30_000_000, 'slow'), head: { etag: '"slow"' } } }, { rate: 200_000 });
});
after(async () => {
  await two?.stop();
  await site?.stop();
});

describe('a hive of two', { timeout: 600_000 }, () => {
  test('each node knows what the other holds, by id, and when it holds it no more', async () => {
    await together();
    assert.equal((await hive(a.path, ['pull', site.url('/one.bin')])).code, 0);
    const [{ id, ref, revision }] = await artifacts(a);
    const told = await settles(async () => {
      const all = await members(b.node);
      return all.members.find((m) => m.name === 'ada').artifacts.includes(id) && all;
    }, 60, 'bob hears what ada holds');
    const { members: seen, artifacts: named } = told.got;
    assert.deepEqual(seen.map((m) => [m.name, m.artifacts, m.artifact_count]), [['ada', [id], 1], ['bob', [], 0]]);
    assert.deepEqual(named, [{ id, ref, revision }]);
    assert.equal((await hive(a.path, ['rm', id])).code, 0);
    await settles(async () => (await memberOf(b.node, 'ada')).artifact_count === 0, 60, 'bob hears that ada has removed it');
    assert.deepEqual((await members(b.node)).artifacts, []);
  });

  test('a node that comes back says anew what it holds', async () => {
    await together();
    assert.equal((await hive(b.path, ['pull', site.url('/one.bin')])).code, 0);
    const [{ id }] = await artifacts(b);
    await settles(async () => (await memberOf(a.node, 'bob')).artifacts.includes(id), 60, 'ada hears of it');
    await b.node.kill('SIGKILL');
    await settles(async () => (await memberOf(a.node, 'bob')).reachability !== 'ok', 60);
    assert.deepEqual((await memberOf(a.node, 'bob')).artifacts, [id], 'its last word stays');
    await b.start();
    await together();
    await settles(async () => (await memberOf(b.node, 'bob')).artifacts.includes(id), 60);
    assert.equal((await hive(b.path, ['rm', id])).code, 0);
    await settles(async () => (await memberOf(a.node, 'bob')).artifact_count === 0, 60, 'ada hears the word of its new life');
  });

  test('metrics count members by state, and links made anew by why they ended', async () => {
    await together();
    const { text } = await call(a.node.url, 'GET', '/metrics');
    assert.match(text, /^hive_members\{state="up"\} 2$/m);
    assert.match(text, /^hive_members\{state="unreachable"\} 0$/m);
    assert.match(text, /^hive_link_reconnects_total\{cause="reset"\} [1-9]\d*$/m);
  });

  test('the doctor sees how both reach each other', async () => {
    await together();
    const seen = await hive(a.path, ['doctor']);
    assert.equal(seen.code, 0, seen.out);
    assert.match(seen.out, /^ok +members +2 of 2 are in reach/m);
    assert.match(seen.out, new RegExp(`^ok +peer port +members are told to dial ${a.peers}`, 'm'));
    assert.match(seen.out, new RegExp(`^ok +member bob +reached at ${b.peers}, reaches this node at ${a.peers}, clocks within \\d+\\.\\d s, certificate until \\d{4}-\\d\\d-\\d\\d, version `, 'm'));
    const refusals = (one) => one.node.said().match(/peer-refused/g)?.length ?? 0;
    const before = both().map(refusals);
    const checked = (await call(b.node.url, 'POST', '/v1/members/check')).json;
    assert.deepEqual(checked.members.map(({ name, linked }) => [name, linked]), [['ada', true]]);
    assert.ok(checked.members[0].there[0].ok && checked.members[0].back[0].ok);
    assert.ok(Math.abs(checked.members[0].skew_ms) < 1000);
    assert.deepEqual(both().map(refusals), before, 'a look is no trouble to whom is looked at');
  });

  test('a wish is listed, withdrawn anywhere, and forgotten by nobody', async () => {
    await together();
    const got = await hive(a.path, ['pull', '--on', 'all', site.url('/all.bin')]);
    assert.equal(got.code, 0, got.err);
    const [wish] = (await settles(async () => { const all = await wishes(b); return all.length === 1 && all; }, 60)).got;
    assert.deepEqual([wish.on, wish.asked_by.name, wish.holders.sort(), wish.withdrawn], ['all', 'ada', ['ada', 'bob'], false]);
    await settles(async () => (await wishes(b))[0].job?.state === 'succeeded', 60);
    const listed = await hive(b.path, ['wishes']);
    assert.match(listed.out, new RegExp(`${wish.id}.*all\\.bin.* all .*ada,bob|${wish.id}.*all\\.bin.* all .*bob,ada`));
    const gone = await hive(b.path, ['wishes', 'withdraw', wish.id]);
    assert.equal(gone.code, 0, gone.err);
    assert.match(gone.out, /withdrew/);
    await settles(async () => (await wishes(a)).length === 0, 60, 'ada hears of it');
    assert.equal((await hive(a.path, ['wishes', 'withdraw', wish.id])).code, 0, 'twice is fine');
    const unknown = await hive(a.path, ['wishes', 'withdraw', '01HX0000000000000000000000']);
    assert.equal(unknown.code, 3);
    assert.ok((await artifacts(b)).some(({ ref }) => ref.includes('/all.bin')), 'copies stay');
    await b.node.stop();
    await b.start();
    await together();
    assert.deepEqual(await wishes(b), []);
  });

  test('jobs of a withdrawn wish are cancelled where they run', async () => {
    await together();
    const made = (await call(a.node.url, 'POST', '/v1/jobs', { ref: site.url('/slow.bin'), on: 'all' })).json;
    assert.ok(made.wish);
    const there = made.placed.find(({ name }) => name === 'bob').job;
    await until(b.node.url, there, (j) => j.state === 'fetching');
    assert.equal((await call(a.node.url, 'DELETE', `/v1/wishes/${made.wish}`)).json.withdrawn, true);
    for (const { name, job } of made.placed) await until(two.nodes[name].node.url, job, (j) => j.state === 'cancelled', 90);
  });

  test('half a hive destroys nothing, unless it is told to', async () => {
    await together();
    const [{ id }] = await artifacts(a);
    await b.node.kill('SIGKILL');
    await settles(async () => (await members(a.node)).island.visible === 1, 60, 'ada misses bob');
    const no = /only 1 of 2 known members of the hive are in reach, and 2 are needed/;
    for (const args of [['rm', id], ['gc']]) {
      const got = await hive(a.path, args);
      assert.equal(got.code, 4, `${args}: ${got.out}${got.err}`);
      assert.match(got.err, no);
      assert.match(got.err, /--force/);
    }
    const refused = await call(a.node.url, 'DELETE', `/v1/artifacts/${id}`);
    assert.deepEqual([refused.status, refused.json.code], [409, 'no_majority']);
    assert.equal((await call(a.node.url, 'DELETE', `/v1/artifacts/${id}?force=perhaps`)).status, 400);
    assert.equal((await hive(a.path, ['gc', '--dry-run'])).code, 0, 'a dry run destroys nothing');
    const doctor = await hive(a.path, ['doctor']);
    assert.match(doctor.out, /^warn +members +1 of 2 are in reach, which is no majority/m);
    assert.match(doctor.out, new RegExp(`^warn +member bob +cannot be dialled at ${b.peers}: refused.*; nothing of this hive listens there`, 'm'));
    assert.match(doctor.out, /^warn +member bob +has no link with this node/m);
    assert.equal((await hive(a.path, ['gc', '--force'])).code, 0);
    assert.equal((await hive(a.path, ['rm', '--force', id])).code, 0);
    assert.deepEqual(await artifacts(a), []);
    await b.start();
    await together();
    assert.equal((await hive(a.path, ['gc'])).code, 0);
  });

  test('a command with a node of its own finds the others first', async () => {
    await together();
    const [{ id }] = await artifacts(b);
    await b.node.stop();
    const got = await hive(b.path, ['rm', id]);
    assert.equal(got.code, 0, got.err);
    await b.start();
  });
});
