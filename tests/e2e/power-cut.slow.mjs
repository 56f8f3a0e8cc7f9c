// Power cuts at random moments of pulls of several files: what was not synced is gone, names that were not synced
// too. Every start goes on, nothing wrong is committed, and no byte a journal claims turns out to be missing.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sha256Of } from './support/content.mjs';
import { binary, environment, temporary } from './support/hive.mjs';
import { startHub } from './support/hub.mjs';

const cuts = Number(process.env.HIVE_CUTS ?? 100);
const shim = join(dirname(fileURLToPath(import.meta.url)), 'support/power_cut.c');

const keyOf = (path) => { const s = lstatSync(path, { bigint: true }); return `${s.ino}-${s.birthtimeNs}`; };
const folderName = (below) => (below === '' ? '%' : below.replaceAll('/', '%'));

function fresh(image) {
  rmSync(image, { recursive: true, force: true });
  for (const part of ['files', 'folders']) mkdirSync(join(image, part), { recursive: true });
}

// Builds `home` from what `image` says was durable.
function rebuild(image, home, below = '') {
  const listing = join(image, 'folders', folderName(below));
  if (!existsSync(listing)) return;
  for (const line of readFileSync(listing, 'utf8').split('\n').filter(Boolean)) {
    const [mode, key, name] = line.split('\t');
    const [bits, path] = [parseInt(mode, 8), join(home, below, name)];
    if ((bits & 0o170000) === 0o040000) {
      mkdirSync(path, { recursive: true });
      rebuild(image, home, `${below}/${name}`);
    } else if ((bits & 0o170000) === 0o100000) {
      const kept = join(image, 'files', key);
      existsSync(kept) ? copyFileSync(kept, path) : writeFileSync(path, '');
      chmodSync(path, bits & 0o777);
    }
  }
}

// The image of a home that is durable as it is.
function photograph(home, image, below = '') {
  const lines = readdirSync(join(home, below)).map((name) => {
    const path = join(home, below, name);
    const seen = lstatSync(path);
    if (seen.isDirectory()) photograph(home, image, `${below}/${name}`);
    if (seen.isFile()) copyFileSync(path, join(image, 'files', keyOf(path)));
    return `${seen.mode.toString(8)}\t${keyOf(path)}\t${name}\n`;
  });
  writeFileSync(join(image, 'folders', folderName(below)), lines.join(''));
}

test(`${cuts} power cuts`, { timeout: 1_700_000 }, async (t) => {
  const files = { 'a.gguf': 5 << 20, 'b.gguf': 2_000_003, 'c.bin': 1 << 20, 'config.json': 777, 'sub/d.bin': 3 << 20 };
  const hub = await startHub([{ id: 'acme/parts', rate: '3m', files }]);
  const place = await temporary('power');
  t.after(async () => { await hub.stop(); await place.remove(); });
  const [home, image, library] = ['home', 'image', 'power_cut.so'].map((name) => join(place.path, name));
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, shim, '-ldl']);
  mkdirSync(home);
  fresh(image);
  const { files: facts } = hub.repos['acme/parts'];
  const env = environment(home, { HF_ENDPOINT: hub.endpoint, LD_PRELOAD: library, POWER_CUT_IMAGE: image, HIVE_FLUSH_BYTES: '1048576' });
  let [done, pulls] = [0, 0];
  while (done < cuts) {
    const child = spawn(binary, ['pull', '--json', 'hf:acme/parts'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => { said += d; });
    const cut = setTimeout(() => child.kill('SIGKILL'), 100 + Math.random() * 900);
    const { code, signal } = await new Promise((ended) => child.on('close', (c, s) => ended({ code: c, signal: s })));
    clearTimeout(cut);
    assert.doesNotMatch(said, /digest_mismatch|"restarted"/, said);
    if (code === 0) {
      pulls++;
      for (const { sha256 } of Object.values(facts)) {
        assert.equal(await sha256Of(join(home, 'blobs/sha256', sha256.slice(0, 2), sha256)), sha256);
      }
    } else {
      assert.equal(signal, 'SIGKILL', said);
    }
    done++;
    rmSync(home, { recursive: true });
    mkdirSync(home);
    rebuild(image, home);
    // Whatever stands as a blob is whole: its name is only made durable after its bytes.
    for (const { sha256 } of Object.values(facts)) {
      const blob = join(home, 'blobs/sha256', sha256.slice(0, 2), sha256);
      if (existsSync(blob)) assert.equal(await sha256Of(blob), sha256, `${blob} after cut ${done}`);
      else if (code === 0) assert.fail(`${blob} was promised and did not survive cut ${done}`);
    }
    if (code === 0) rmSync(home, { recursive: true }), mkdirSync(home);
    fresh(image);
    photograph(home, image);
  }
  t.diagnostic(`${done} cuts, ${pulls} pulls ended before theirs`);
  assert.ok(pulls > 0, 'some pull must have ended');
});
