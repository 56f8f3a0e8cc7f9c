// Limits as a user sets them: live, kept over a restart, for one job, by the hour.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { call, events, submit, until } from './support/api.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { startHub } from './support/hub.mjs';

let hub;
before(async () => { hub = await startHub([{ id: 'acme/big', files: { 'model.gguf': 24_000_001 } }]); });
after(() => hub?.stop());

async function running(t, { toml } = {}) {
  const home = await temporary();
  t.after(home.remove);
  if (toml) await writeFile(join(home.path, 'hive.toml'), toml);
  const start = () => serve(home.path, { env: { HF_ENDPOINT: hub.endpoint, HIVE_MAX_LANES: '32' } });
  const made = { home: home.path, node: await start() };
  made.restart = async () => { await made.node.stop(); made.node = await start(); };
  made.hive = (...args) => hive(home.path, [...args, '--node', made.node.url]);
  t.after(() => made.node.kill());
  return made;
}

describe('limits', () => {
  test('are set live, kept over a restart, and taken back', async (t) => {
    const at = await running(t);
    const set = await at.hive('limits', '--download', '20M', '--max-jobs', '2');
    assert.equal(set.code, 0, set.err);
    assert.match(set.out, /download_rate +20\.0 MB\/s +set by hand/);
    await at.restart();
    const shown = JSON.parse((await at.hive('limits', '--json')).out);
    assert.equal(shown.download_rate, 20_000_000);
    assert.equal(shown.max_jobs, 2);
    assert.deepEqual(shown.origins.max_lanes, { from: 'environment', source: 'HIVE_MAX_LANES' });
    const back = await at.hive('limits', '--download', 'default', '--upload', '0');
    assert.match(back.out, /download_rate +no limit +default/);
    assert.match(back.out, /upload_rate +no limit +set by hand/);
    const { text } = await call(at.node.url, 'GET', '/metrics');
    assert.match(text, /^hive_limit\{limit="max_jobs"\} 2$/m);
  });

  test('that cannot be are refused by name, and nothing changes', async (t) => {
    const at = await running(t);
    for (const [flag, value, name] of [['--download', 'abc', '--download'], ['--download', '-5M', '--download'],
      ['--upload', '2T', '--upload'], ['--max-jobs', '0', 'max_jobs'], ['--max-lanes', 'many', '--max-lanes'], ['--max-lanes', '5000', 'max_lanes']]) {
      const got = await at.hive('limits', `${flag}=${value}`);
      assert.equal(got.code, 2, `${flag} ${value}: ${got.err}`);
      assert.ok(got.err.includes(name), got.err);
    }
    assert.equal((await call(at.node.url, 'GET', '/v1/limits')).json.max_jobs, 4);
    assert.equal((await at.hive('pull', 'hf:acme/big', '--max-rate', '5T')).code, 2);
  });

  test('of one job hold while it runs, and lifting them lets it finish', async (t) => {
    const at = await running(t);
    await at.hive('limits', '--download', '1M');
    const { id } = await submit(at.node.url, 'hf:acme/big');
    await until(at.node.url, id, (j) => j.progress.received > 0);
    const held = await at.hive('jobs', 'limit', id, '100k');
    assert.equal(held.code, 0, held.err);
    assert.match(held.out, /held to 100 kB\/s/);
    assert.equal((await call(at.node.url, 'GET', `/v1/jobs/${id}`)).json.max_rate, 100_000);
    assert.equal((await at.hive('jobs', 'limit', id, '0')).code, 0);
    await at.hive('limits', '--download', '0');
    await until(at.node.url, id);
    const told = (await events(at.node.url, `/v1/jobs/${id}/events`)).filter((e) => e.data.action === 'limit-changed');
    assert.deepEqual(told.map((e) => [e.data.old, e.data.new]), [['0', '100000'], ['100000', '0']]);
    assert.equal((await at.hive('jobs', 'limit', id, '1M')).code, 4, 'an ended job has no rate');
  });

  test('have hours in hive.toml, and a file that is wrong is named', async (t) => {
    const at = await running(t, { toml: '[[limits.schedule]]\nfrom = "00:00"\nto = "24:00"\nupload = "3M"\n' });
    const shown = await at.hive('limits');
    assert.match(shown.out, /upload_rate +3\.00 MB\/s +schedule: 00:00-24:00/);
    assert.match(shown.out, /00:00-24:00 .* now/);
    await writeFile(join(at.home, 'hive.toml'), '[[limits.schedule]]\nfrom = "25:00"\n');
    const wrong = await at.hive('limits');
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /limits\.schedule 1: from/);
  });
});
