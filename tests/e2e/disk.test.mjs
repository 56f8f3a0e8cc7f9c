// Disks that are too small, fill up in the middle, or fail: jobs wait with what they need, go on by
// themselves, and lose nothing. A tmpfs is the home, so most of it needs root.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { call, events, job, submit, until } from './support/api.mjs';
import { sha256Of } from './support/content.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { startHub } from './support/hub.mjs';

const MiB = 1 << 20;
const files = { 'config.json': 311, 'model.gguf': 48 * MiB };
let hub;
before(async () => {
  hub = await startHub([
    { id: 'acme/one', rate: '1m', files },
    { id: 'acme/two', files: { 'other.gguf': 40 * MiB } },
    { id: 'acme/small', files: { 'config.json': 4000 } },
    { id: 'acme/parts', files: { 'a.gguf': 20 * MiB, 'b.gguf': 24 * MiB, 'c.gguf': 28 * MiB, 'd.gguf': 8 * MiB, 'e.gguf': 16 * MiB } },
  ]);
});
after(() => hub?.stop());

const env = () => ({ HF_ENDPOINT: hub.endpoint, HIVE_DISK_RESERVE: '1M' });
const rootOnly = { skip: process.getuid() !== 0 && 'mounting a small tmpfs needs root' };

// A tmpfs of so many MiB as a home; undefined where mounts are not allowed.
async function smallDisk(t, size) {
  const made = await temporary('disk');
  const path = join(made.path, 'home');
  await mkdir(path);
  const mount = (...args) => execFileSync('mount', [...args, path], { stdio: 'ignore' });
  try { mount('-t', 'tmpfs', '-o', `size=${size}m`, 'tmpfs'); } catch { return void await made.remove(); }
  t.after(async () => { execFileSync('umount', ['-l', path]); await made.remove(); });
  const free = () => { const s = statfsSync(path); return s.bavail * s.bsize; };
  return {
    path, free,
    grow: (to) => mount('-o', `remount,size=${to}m`),
    // Another program eats room, down to `left` bytes.
    async eat(left) {
      for (let room = free() - left; room > 0; room = Math.min(free() - left, room >> 1))
        await writeFile(join(path, 'filler'), Buffer.alloc(room), { flag: 'a' }).catch(() => {});
    },
    spit: () => rm(join(path, 'filler'), { force: true }),
  };
}

async function node(t, disk, more = {}) {
  const made = await serve(disk.path, { env: { ...env(), ...more } });
  t.after(() => made.kill());
  return made;
}

const fetched = async (path) => (await hub.log()).filter(([server, , , uri]) => server === 'cdn' && uri.includes(path)).length;
const waiting = (j) => j.state === 'waiting';

async function sameAsHub(home, repo) {
  for (const { sha256 } of Object.values(hub.repos[repo].files))
    assert.equal(await sha256Of(join(home, 'blobs/sha256', sha256.slice(0, 2), sha256)), sha256);
}

describe('a disk that is too small', rootOnly, () => {
  test('a pull larger than the room waits, says what it needs, fetches nothing, and goes on when there is room', async (t) => {
    const disk = await smallDisk(t, 24);
    if (!disk) return t.skip('mounts are not allowed here');
    const at = await node(t, disk);
    const one = await submit(at.url, 'hf:acme/one');
    const now = await until(at.url, one.id, waiting);
    assert.match(now.cause, /^disk needs [\d.]+ MB more on .*: 50\.3 MB are to come, [\d.]+ MB are free/);
    assert.equal(await fetched('acme/one'), 0, 'not a byte was asked for');
    const listed = await hive(disk.path, ['jobs', '--node', at.url]);
    assert.match(listed.out, /waiting.*disk needs/);
    const doctor = await hive(disk.path, ['doctor', '--node', at.url], { env: env() });
    assert.match(doctor.out, /disk space/);

    const small = await submit(at.url, 'hf:acme/small');
    assert.equal((await until(at.url, small.id)).state, 'succeeded', 'one that fits goes by');

    await at.kill();
    const again = await node(t, disk);
    await until(again.url, one.id, waiting);
    disk.grow(100);
    assert.equal((await until(again.url, one.id)).state, 'succeeded');
    await sameAsHub(disk.path, 'acme/one');
    const told = await events(again.url, `/v1/jobs/${one.id}/events`);
    const wait = told.find((e) => e.data.action === 'waits-for-room');
    assert.match(wait.data.human, /disk needs/);
    assert.match(told.find((e) => e.data.state === 'waiting').data.cause, /disk needs/);
  });

  test('the command line says what it waits for and ends well', async (t) => {
    const disk = await smallDisk(t, 24);
    if (!disk) return t.skip('mounts are not allowed here');
    const got = await hive(disk.path, ['pull', 'hf:acme/one'], {
      env: env(),
      onStart: (child) => child.stdout.on('data', (d) => { if (/disk needs/.test(d)) disk.grow(100); }),
    });
    assert.equal(got.code, 0, got.out + got.err);
    assert.match(got.out, /waiting until there is room: disk needs [\d.]+ MB more/);
    await sameAsHub(disk.path, 'acme/one');
  });

  test('two that fit alone, not together: the second waits and follows when the first is gone', async (t) => {
    const disk = await smallDisk(t, 80);
    if (!disk) return t.skip('mounts are not allowed here');
    const at = await node(t, disk);
    const one = await submit(at.url, 'hf:acme/one');
    await until(at.url, one.id, (j) => j.state === 'fetching' && j.progress.received > 0);
    const two = await submit(at.url, 'hf:acme/two');
    const now = await until(at.url, two.id, waiting);
    assert.match(now.cause, /disk needs .* go to other jobs/);
    assert.ok((await call(at.url, 'GET', '/v1/node')).json.disk_promised < 48 * MiB);
    assert.equal((await call(at.url, 'POST', `/v1/jobs/${one.id}/cancel`, { purge: true })).status, 202);
    assert.equal((await until(at.url, two.id)).state, 'succeeded');
    await sameAsHub(disk.path, 'acme/two');
  });

  test('removing an artifact gives the room, and nobody has to say so', async (t) => {
    const disk = await smallDisk(t, 60);
    if (!disk) return t.skip('mounts are not allowed here');
    const at = await node(t, disk);
    assert.equal((await until(at.url, (await submit(at.url, 'hf:acme/two')).id)).state, 'succeeded');
    const one = await submit(at.url, 'hf:acme/one');
    await until(at.url, one.id, waiting);
    const [artifact] = (await call(at.url, 'GET', '/v1/artifacts')).json.artifacts;
    assert.equal((await call(at.url, 'DELETE', `/v1/artifacts/${artifact.id}`)).status, 200);
    assert.equal((await until(at.url, one.id)).state, 'succeeded');
  });
});

describe('a disk that another program fills', rootOnly, () => {
  test('the job waits in the middle, keeps what it has, and finishes when the room is back', async (t) => {
    const disk = await smallDisk(t, 120);
    if (!disk) return t.skip('mounts are not allowed here');
    const at = await node(t, disk);
    await disk.eat(60 * MiB);
    const one = await submit(at.url, 'hf:acme/parts');
    assert.match((await until(at.url, one.id, waiting)).cause, /disk needs/);
    await disk.spit();
    // Four files at a time take their room at once; the fifth finds none.
    await until(at.url, one.id, (j) => j.state === 'fetching' && j.progress.received > 4 * MiB);
    await disk.eat(0);
    const now = await until(at.url, one.id, waiting);
    assert.match(now.cause, /disk needs|No space left|needs .* is free/);
    await until(at.url, one.id, (j) => waiting(j) && /^disk needs/.test(j.cause));
    const { durable } = (await job(at.url, one.id)).progress;
    assert.ok(durable > 0, 'what came is kept');
    await disk.spit();
    const done = await until(at.url, one.id);
    assert.equal(done.state, 'succeeded');
    assert.ok(done.progress.durable >= durable);
    await sameAsHub(disk.path, 'acme/parts');
  });

  test('a cancel while it waits ends it at once; after a restart a purge still finds the partial', async (t) => {
    const disk = await smallDisk(t, 120);
    if (!disk) return t.skip('mounts are not allowed here');
    let at = await node(t, disk);
    const one = await submit(at.url, 'hf:acme/one');
    await until(at.url, one.id, (j) => j.state === 'fetching' && j.progress.received > 4 * MiB);
    await at.stop();
    await disk.eat(2 * MiB);
    at = await node(t, disk);
    await until(at.url, one.id, waiting);
    assert.notDeepEqual(await readdir(join(disk.path, 'partial')), [], 'the partial is kept while it waits');
    const began = performance.now();
    assert.equal((await call(at.url, 'POST', `/v1/jobs/${one.id}/cancel`, { purge: true })).status, 202);
    const end = await until(at.url, one.id);
    t.diagnostic(`cancelled in ${(performance.now() - began).toFixed(0)} ms`);
    assert.equal(end.state, 'cancelled');
    assert.deepEqual(await readdir(join(disk.path, 'partial')), []);
    assert.equal((await job(at.url, one.id)).cause, null);
  });
});

// Makes calls of libc on data of unfinished files fail with EIO while the file named by FAULT_FLAG is there.
const shim = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static int broken(int fd, const char *call) {
  char link[64], path[4096];
  const char *flag = getenv("FAULT_FLAG"), *which = getenv("FAULT_CALL");
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t got = readlink(link, path, sizeof path - 1);
  if (!flag || !which || strcmp(which, call) != 0 || got < 0 || access(flag, F_OK) != 0) return 0;
  path[got] = 0;
  return strstr(path, "/partial/") && strstr(path, ".data");
}
#define FAIL(fd, call) if (broken(fd, call)) { errno = EIO; return -1; }
int fdatasync(int fd) {
  FAIL(fd, "fdatasync")
  return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
ssize_t pwrite(int fd, const void *from, size_t n, off_t at) {
  FAIL(fd, "pwrite")
  return ((ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite"))(fd, from, n, at);
}
ssize_t pwrite64(int fd, const void *from, size_t n, off_t at) { return pwrite(fd, from, n, at); }
`;

describe('a disk that fails', () => {
  async function broken(t, call) {
    const home = await temporary();
    const library = join(home.path, 'fault.so');
    t.after(home.remove);
    execFileSync('cc', ['-shared', '-fPIC', '-x', 'c', '-', '-o', library, '-ldl'], { input: shim });
    const flag = join(home.path, 'flag');
    const fault = { LD_PRELOAD: library, FAULT_FLAG: flag, FAULT_CALL: call, HIVE_FLUSH_BYTES: '4M' };
    const at = await serve(home.path, { env: { ...env(), ...fault } });
    t.after(() => at.kill());
    return { at, home: home.path, fail: () => writeFile(flag, ''), mend: () => rm(flag) };
  }

  test('one that comes back after a failed fdatasync costs nothing but the wait', async (t) => {
    const { at, home, fail, mend } = await broken(t, 'fdatasync');
    await fail();
    const one = await submit(at.url, 'hf:acme/one');
    const now = await until(at.url, one.id, waiting);
    assert.match(now.cause, /cannot make durable .*: Input\/output error/);
    assert.ok(now.until, 'it says when it tries again');
    await mend();
    assert.equal((await until(at.url, one.id)).state, 'succeeded');
    await sameAsHub(home, 'acme/one');
  });

  test('one that does not come back fails the job with what to do, and what was durable is kept', async (t) => {
    const { at, home, fail, mend } = await broken(t, 'pwrite');
    const one = await submit(at.url, 'hf:acme/one');
    const model = (j) => j.progress.files.find((f) => f.path === 'model.gguf')?.durable ?? 0;
    const durable = model(await until(at.url, one.id, (j) => model(j) > 4 * MiB));
    await fail();
    const end = await until(at.url, one.id);
    assert.equal(end.state, 'failed');
    assert.equal(end.error.code, 'disk_failed');
    assert.match(end.error.detail, /(config.json|model.gguf): cannot write .*: Input\/output error/);
    assert.match(end.error.hint, /check the disk/);
    assert.ok(model(end) >= durable);
    await mend();
    const again = await until(at.url, (await submit(at.url, 'hf:acme/one')).id);
    assert.equal(again.state, 'succeeded');
    const told = await events(at.url, `/v1/jobs/${again.id}/events`);
    const resumed = told.find((e) => e.data.action === 'resumed' && e.data.path === 'model.gguf');
    assert.ok(Number(resumed.data.bytes) >= durable, 'it went on from there');
    await sameAsHub(home, 'acme/one');
  });
});
