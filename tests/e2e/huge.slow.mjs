// A file of 51 GiB from a CDN that serves such files by ranges only, resumed 64 MiB before its end: offsets
// beyond 32 bits, no request without a range, and the whole of it verified.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, open, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { hive, temporary } from './support/hive.mjs';
import { startHub } from './support/hub.mjs';

const size = 51 * 2 ** 30;
const sha256 = '3a639da4831893a9c6e9660849adfa28dae3d167ef6b2c9ba5c5a5babba416f1'; // of that many zeros
const here = size - (64 << 20);

test('51 GiB by ranges only', { timeout: 900_000 }, async (t) => {
  const home = await temporary();
  const { bavail, bsize } = await statfs(home.path);
  if (bavail * bsize < size * 1.1) { await home.remove(); return t.skip('needs 57 GiB of free disk'); }
  const hub = await startHub([{ id: 'acme/huge', files: { 'model.gguf': { zeros: size, sha256 } } }], { cdnMore: 'if ($http_range = "") { return 403; }' });
  t.after(async () => { await hub.stop(); await home.remove(); });
  await mkdir(join(home.path, 'partial'), { recursive: true });
  const data = await open(join(home.path, 'partial', `${sha256}.data`), 'w', 0o600);
  await data.truncate(size);
  await data.close();
  const journal = `hive-journal 1\nsha256:${sha256}\n${size}\n0-${here}\n`;
  await writeFile(join(home.path, 'partial', `${sha256}.journal`), `${journal}${createHash('sha256').update(journal).digest('hex')}\n`);

  const { code, err } = await hive(home.path, ['pull', '--quiet', 'hf:acme/huge'], { env: { HF_ENDPOINT: hub.endpoint }, timeout: 800_000 });
  assert.equal(code, 0, err);
  assert.equal((await stat(join(home.path, 'blobs/sha256', sha256.slice(0, 2), sha256))).size, size);
  const asked = (await hub.log()).filter(([server]) => server === 'cdn');
  assert.ok(asked.length > 0);
  for (const [, status, , , bytes, range] of asked) {
    assert.equal(status, '206');
    const [from, to] = range.match(/^bytes=(\d+)-(\d+)$/).slice(1).map(Number);
    assert.ok(from >= here && to < size && Number(bytes) <= 64 << 20, `${range}: ${bytes} bytes`);
  }
});
