// Artifacts that are made on this machine: recipes, their limits, and that nothing is left of them.
import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { call, events, submit, until } from './support/api.mjs';
import { sha256Of } from './support/content.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { startHub } from './support/hub.mjs';

let hub;
before(async () => { hub = await startHub([{ id: 'acme/model', files: { 'config.json': 311, 'model.bin': 3_000_003 } }]); });
after(async () => { await hub?.stop(); });
const pinned = () => `hf:acme/model@${hub.repos['acme/model'].commit}`;

const recipe = (step, more = '', output = '["*.bin"]') => `[recipe]
name = "test"
version = "1"

[[source]]
ref = "${pinned()}"
path = "in/model"

[[step]]
shell = '''
${step}
'''

[output]
files = ${output}
${more}`;

// A node that may run the recipes of one folder.
async function workshop(t, env = {}) {
  const home = await temporary();
  const recipes = join(home.path, 'recipes');
  await mkdir(recipes);
  const settings = { HF_ENDPOINT: hub.endpoint, HIVE_BUILDS: recipes, HIVE_ADOPT: 'off', ...env };
  const node = { home: home.path, recipes, env: settings };
  node.start = async () => { node.up = await serve(home.path, { env: settings }); };
  // At once, as editors do: a job that reads the one before never sees half of it.
  node.put = async (text, name = 'r.toml') => {
    const draft = join(home.path, name);
    await writeFile(draft, text);
    await rename(draft, join(recipes, name));
    return `build:${join(recipes, name)}`;
  };
  node.submit = async (text) => submit(node.up.url, await node.put(text));
  node.ended = async (job) => {
    for (;;) {
      const { json } = await call(node.up.url, 'GET', `/v1/jobs/${job.id}`);
      const now = json.job ?? json;
      if (['succeeded', 'failed', 'cancelled'].includes(now.state)) return now;
      await wait(30);
    }
  };
  node.artifact = async (job) => (await call(node.up.url, 'GET', `/v1/artifacts/${job.artifact}`)).json;
  node.leftover = () => readdir(join(home.path, 'build')).catch(() => []);
  node.told = async (job) => (await events(node.up.url, `/v1/jobs/${job.id}/events`)).map((e) => e.data);
  await node.start();
  t.after(async () => { await node.up.kill(); await home.remove(); });
  return node;
}

// Processes of builds below `home`: their environment names it.
async function programs(home) {
  const found = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const text = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    if (text.includes(`HIVE_BUILD=${home}/`)) found.push(pid);
  }
  return found;
}
const none = async (home) => {
  for (let i = 0; i < 200; i++) { if ((await programs(home)).length === 0) return true; await wait(20); }
  return false;
};
const some = async (home, count = 1) => {
  for (let i = 0; i < 500; i++) { if ((await programs(home)).length >= count) return true; await wait(20); }
  return false;
};

describe('builds', () => {
  test('a recipe is fetched for, run, and what it makes is in the catalog', async (t) => {
    const node = await workshop(t);
    const job = await node.submit(recipe('echo "making it"; cat in/model/config.json in/model/model.bin > model.bin; echo "$HOME $SOURCE_DATE_EPOCH" > env.bin'));
    const end = await node.ended(job);
    assert.equal(end.state, 'succeeded', JSON.stringify(end.error));
    const made = await node.artifact(end);
    assert.deepEqual(made.files.map((f) => f.path), ['env.bin', 'model.bin']);
    assert.match(made.revision, /^[0-9a-f]{64}$/);
    const both = Buffer.concat(await Promise.all(['config.json', 'model.bin'].map((f) => readFile(hub.repos['acme/model'].files[f].disk))));
    assert.deepEqual(await readFile(join(made.path, 'model.bin')), both);
    assert.equal(await sha256Of(join(made.path, 'model.bin')), made.files[1].sha256);
    const told = await node.told(job);
    assert.ok(told.some((e) => e.action === 'build-said' && e.human === 'making it'));
    assert.ok(told.some((e) => e.action === 'moved'), 'outputs are moved, not copied');
    assert.deepEqual(await node.leftover(), []);
    assert.deepEqual(await programs(node.home), []);
  });

  test('the same recipe is not built twice; another text of the same is the same; another step is not', async (t) => {
    const node = await workshop(t);
    const text = recipe('date +%N > model.bin');
    const first = await node.ended(await node.submit(text));
    assert.equal(first.state, 'succeeded', JSON.stringify(first.error));
    const again = await node.submit(`# a comment\n${text}`);
    const second = await node.ended(again);
    assert.equal(second.artifact, first.artifact);
    assert.ok((await node.told(again)).some((e) => e.action === 'already-here'));
    assert.ok(!(await node.told(again)).some((e) => e.action === 'build-step'));
    const third = await node.ended(await node.submit(recipe('date +%N > model.bin; true')));
    assert.notEqual(third.revision, first.revision);
    const path = await hive(node.home, ['path', `build:${join(node.recipes, 'r.toml')}`, '--node', node.up.url]);
    assert.equal(path.code, 0, path.err);
  });

  test('two jobs of one recipe at once build it once', async (t) => {
    const node = await workshop(t);
    const text = recipe('sleep 2; date +%N > model.bin');
    const [first, second] = [await node.submit(text), await node.submit(text)];
    const ends = [await node.ended(first), await node.ended(second)];
    assert.deepEqual(ends.map((j) => j.state), ['succeeded', 'succeeded'], JSON.stringify(ends));
    assert.equal(ends[0].artifact, ends[1].artifact);
    const told = [await node.told(first), await node.told(second)].map((all) => all.map((e) => e.action));
    assert.equal(told.flat().filter((action) => action === 'build-step').length, 1);
    const waited = told.find((all) => all.includes('build-awaited'));
    assert.ok(waited.includes('already-here'), waited.join());
  });

  test('a build that is cancelled is made by the job that waited for it', async (t) => {
    const node = await workshop(t);
    const text = recipe('sleep 3; echo made > model.bin');
    const first = await node.submit(text);
    assert.ok(await some(node.home));
    const second = await node.submit(text);
    for (let left = 100; left > 0 && (await call(node.up.url, 'GET', `/v1/jobs/${second.id}`)).json.state !== 'fetching'; left--) await wait(20);
    assert.equal((await call(node.up.url, 'POST', `/v1/jobs/${first.id}/cancel`, {})).status, 202);
    assert.equal((await node.ended(first)).state, 'cancelled');
    const end = await node.ended(second);
    assert.equal(end.state, 'succeeded', JSON.stringify(end.error));
    const told = (await node.told(second)).map((e) => e.action);
    assert.ok(told.indexOf('build-awaited') >= 0 && told.indexOf('build-awaited') < told.indexOf('build-step'), told.join());
    assert.equal(await readFile(join((await node.artifact(end)).path, 'model.bin'), 'utf8').catch(async () => readFile((await node.artifact(end)).path, 'utf8')), 'made\n');
  });

  test('a cancel in the middle ends every program and removes the folder', async (t) => {
    const node = await workshop(t);
    const job = await node.submit(recipe("trap '' TERM; setsid sleep 1000 & (sleep 1000; true) & sleep 1000"));
    assert.ok(await some(node.home, 3));
    const got = await call(node.up.url, 'POST', `/v1/jobs/${job.id}/cancel`, {});
    assert.equal(got.status, 202);
    assert.equal((await node.ended(job)).state, 'cancelled');
    assert.deepEqual(await programs(node.home), [], 'when the end is told they are gone');
    assert.deepEqual(await node.leftover(), []);
  });

  test('kill -9 of hive in the middle leaves no program, and the next start builds it', async (t) => {
    const node = await workshop(t);
    const job = await node.submit(recipe('if [ ! -e /tmp/hive-e2e-$$ ]; then setsid sleep 1000 & fi; sleep 1000; echo x > model.bin'));
    assert.ok(await some(node.home, 2));
    await node.up.kill('SIGKILL');
    assert.ok(await none(node.home), 'the keeper ends them');
    assert.equal((await node.leftover()).length, 1);
    await node.put(recipe('echo x > model.bin'));
    await node.start();
    const end = await node.ended(job);
    assert.equal(end.state, 'succeeded', JSON.stringify(end.error));
    assert.deepEqual(await node.leftover(), []);
  });

  test('SIGTERM of hive in the middle ends programs in time, and the job waits for the next start', async (t) => {
    const node = await workshop(t);
    await node.submit(recipe("trap '' TERM; sleep 1000"));
    assert.ok(await some(node.home));
    const before = performance.now();
    const { code } = await node.up.stop();
    assert.equal(code, 0);
    assert.ok(performance.now() - before < 5000);
    assert.deepEqual(await programs(node.home), []);
    assert.deepEqual(await node.leftover(), []);
  });

  test('limits of time, disk and memory hold', async (t) => {
    const node = await workshop(t);
    const fails = async (step, limits) => {
      const end = await node.ended(await node.submit(recipe(step, `[limits]\n${limits}`)));
      assert.equal(end.state, 'failed');
      assert.equal(end.error.code, 'build_failed', JSON.stringify(end.error));
      assert.deepEqual(await node.leftover(), []);
      assert.deepEqual(await programs(node.home), []);
      return end.error.detail;
    };
    assert.match(await fails('sleep 1000', 'time = "1s"'), /has taken its 1 s/);
    assert.match(await fails('i=0; while :; do i=$((i+1)); head -c 1000000 /dev/zero > f$i; done', 'disk = "20M"'), /has written .* of 20\.0 MB/);
    assert.match(await fails('exec head -c 40000000 /dev/zero > model.bin', 'disk = "20M"'), /wrote a file of more than 20\.0 MB/);
    assert.match(await fails('exec dd if=/dev/zero of=model.bin bs=200M count=1', 'memory = "50M"'), /dd/);
  });

  test('there is no network unless the recipe asks for it', async (t) => {
    const node = await workshop(t);
    const server = createServer((socket) => socket.end('here\n'));
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    t.after(() => server.close());
    const step = `node -e 'require("net").connect(${server.address().port}, "127.0.0.1").on("data", (d) => require("fs").writeFileSync("model.bin", d)).on("error", (e) => { console.log("refused:", e.code); process.exit(1) })'`;
    const closed = await node.submit(recipe(step));
    const end = await node.ended(closed);
    const told = await node.told(closed);
    if (told.some((e) => e.action === 'build-open')) return t.diagnostic('this kernel contains nobody; it was said');
    assert.equal(end.state, 'failed');
    assert.match(end.error.detail, /ECONNREFUSED/);
    const open = await node.ended(await node.submit(recipe(step, '[limits]\nnetwork = true')));
    assert.equal(open.state, 'succeeded', JSON.stringify(open.error));
  });

  test('inputs and blobs cannot be changed by a build', async (t) => {
    const node = await workshop(t);
    const job = await node.submit(recipe('chmod u+w in/model/config.json || true; echo x >> in/model/config.json || true; cp in/model/config.json model.bin'));
    const end = await node.ended(job);
    assert.equal(end.state, 'succeeded', JSON.stringify(end.error));
    const { sha256 } = hub.repos['acme/model'].files['config.json'];
    assert.equal(await sha256Of(join(node.home, 'blobs/sha256', sha256.slice(0, 2), sha256)), sha256);
  });

  test('what comes out is checked: missing, links, and names', async (t) => {
    const node = await workshop(t);
    const fails = async (step, output) => {
      const end = await node.ended(await node.submit(recipe(step, '', output)));
      assert.equal(end.state, 'failed', 'it must fail');
      assert.deepEqual(await node.leftover(), []);
      return end.error;
    };
    assert.match((await fails('touch other.txt', '["*.bin"]')).detail, /no file is called "\*\.bin".*there are other\.txt/);
    assert.match((await fails('ln -s /etc/passwd model.bin', '["*.bin"]')).detail, /model\.bin is a symbolic link/);
    assert.match((await fails('mkfifo model.bin', '["*.bin"]')).detail, /model\.bin is a pipe/);
    assert.equal((await fails("touch 'a\\b.bin'", '["*.bin"]')).code, 'bad_path');
    assert.equal((await fails('true', '["../../*"]')).code, 'bad_recipe');
    assert.equal((await fails('ln -s / root', '["root/etc/passwd"]')).code, 'build_failed');
    const failed = await fails('echo "it hurts" >&2; exit 7', '["*.bin"]');
    assert.match(failed.detail, /step 1 of 1 \(sh\) ended with exit code 7; it said last: it hurts/);
    assert.equal((await fails('echo no GGUF > model.gguf', '["*.gguf"]')).code, 'not_the_artifact');
    assert.match((await fails('exit 0', '["*.bin"]')).detail, /there are none/);
  });

  test('what is no recipe, or none this node may run, is refused with what to do', async (t) => {
    const node = await workshop(t);
    const refused = async (ref) => (await node.ended(await submit(node.up.url, ref))).error;
    assert.equal((await refused(`build:${node.recipes}/none.toml`)).code, 'entry_missing');
    const bad = await refused(await node.put('[recipe]\nname = "x"\n[[step]\n'));
    assert.equal(bad.code, 'bad_recipe');
    assert.match(bad.detail, /r\.toml: line 3/);
    const typo = await refused(await node.put(recipe('true').replace('shell', 'shel')));
    assert.match(typo.detail, /line 10: \[\[step\]\] has no key "shel"/);
    assert.equal(typo.hint, 'did you mean shell?');
    const loose = await refused(await node.put(recipe('true').replace(pinned(), 'hf:acme/model')));
    assert.equal(loose.code, 'bad_recipe');
    assert.equal(loose.hint, `write ref = "${pinned()}"`);
    await writeFile(join(node.home, 'out.toml'), recipe('true'));
    const outside = await refused(`build:${join(node.home, 'out.toml')}`);
    assert.match(outside.detail, /does not lie below a folder/);
    await symlink(join(node.home, 'out.toml'), join(node.recipes, 'link.toml'));
    assert.equal((await refused(`build:${join(node.recipes, 'link.toml')}`)).code, 'bad_recipe');
    const ref = await node.put(recipe('true'));
    await chmod(join(node.recipes, 'r.toml'), 0o666);
    assert.match((await refused(ref)).detail, /everybody may write/);
  });

  test('a node that was not told to builds nothing', async (t) => {
    const node = await workshop(t, { HIVE_BUILDS: '' });
    const end = await node.ended(await node.submit(recipe('true')));
    assert.equal(end.error.code, 'unsupported');
    assert.match(end.error.hint, /HIVE_BUILDS/);
  });

  test('an input that is a file of this machine needs a digest, and is checked', async (t) => {
    const node = await workshop(t);
    const file = join(node.home, 'extra.txt');
    await writeFile(file, 'hello');
    const text = (hex) => `[recipe]\nname = "x"\nversion = "1"\n[[source]]\nref = "file:${file}"\n${hex ? `sha256 = "${hex}"` : ''}
[[step]]\nrun = ["cp", "in/extra.txt", "out.txt"]\n[output]\nfiles = ["out.txt"]\n`;
    assert.match((await node.ended(await node.submit(text()))).error.hint, /sha256/);
    assert.equal((await node.ended(await node.submit(text('0'.repeat(64))))).error.code, 'digest_mismatch');
    const end = await node.ended(await node.submit(text(await sha256Of(file))));
    assert.equal(end.state, 'succeeded', JSON.stringify(end.error));
  });

  test('hive pull shows what a build says, and Ctrl-C ends it', async (t) => {
    const node = await workshop(t);
    await node.up.stop();
    const ref = await node.put(recipe('echo "on my way"; cp in/model/config.json model.bin'));
    const got = await hive(node.home, ['pull', ref], { env: node.env });
    assert.equal(got.code, 0, got.err + got.out);
    assert.match(got.out, /on my way/);
    const long = await node.put(recipe('sleep 1000'));
    const stopped = await hive(node.home, ['pull', long], { env: node.env, onStart: async (child) => { await some(node.home); child.kill('SIGINT'); } });
    assert.equal(stopped.code, 130, stopped.err);
    assert.deepEqual(await programs(node.home), []);
    await node.start();
  });
});
