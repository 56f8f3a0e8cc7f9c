// Plain web addresses, mirrors and Metalinks, as a user pulls them.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { submit, until } from './support/api.mjs';
import { hive, serve, temporary } from './support/hive.mjs';
import { content, sha256, startWeb } from './support/web.mjs';

async function home(t) {
  const made = await temporary();
  t.after(made.remove);
  return made.path;
}
async function web(t, files, options) {
  const made = await startWeb(files, options);
  t.after(made.stop);
  return made;
}
const pathOf = async (where, ref) => (await hive(where, ['path', ref])).out.trim();
async function same(where, ref, bytes) {
  assert.ok((await readFile(await pathOf(where, ref))).equals(bytes), ref);
}

describe('a web address', () => {
  test('is fetched under the name the server gives, resumed by its version, and found again', async (t) => {
    const bytes = content(20_000_000);
    const site = await web(t, { '/dl': { bytes, head: { 'content-disposition': "attachment; filename=x.bin; filename*=UTF-8''m%C3%B6del.bin", etag: '"v1"' } } });
    const where = await home(t);
    const got = await hive(where, ['pull', site.url('/dl')]);
    assert.equal(got.code, 0, got.err);
    assert.match(got.out, /no digest is published for 1 file/);
    assert.match(await pathOf(where, site.url('/dl')), /mödel\.bin$/);
    await same(where, site.url('/dl'), bytes);
    assert.match((await hive(where, ['show', site.url('/dl')])).out, /digests +of 1 of 1 file recorded at first sight/);
    const asked = site.asked.length;
    assert.equal((await hive(where, ['pull', site.url('/dl')])).code, 0);
    assert.equal(site.asked.length, asked, 'what is here is not asked for');
  });

  test('that has changed is brought by --update, and seen by ls --check', async (t) => {
    const site = await web(t, { '/m.bin': { bytes: content(1000, 'a'), head: { etag: '"1"' } } });
    const where = await home(t);
    const ref = site.url('/m.bin');
    await hive(where, ['pull', ref]);
    site.files['/m.bin'] = { bytes: content(1000, 'b'), head: { etag: '"2"' } };
    assert.match((await hive(where, ['ls', '--check'])).out, /newer/);
    assert.equal((await hive(where, ['pull', '--update', ref])).code, 0);
    await same(where, ref, site.files['/m.bin'].bytes);
  });

  test('comes from servers without ranges, without a length, with redirects, and of nothing at all', async (t) => {
    const bytes = content(5_000_000);
    const cdn = await web(t, { '/real': { bytes, head: { etag: '"cdn"' } } });
    const site = await web(t, {
      '/whole.bin': { bytes, ranges: false },
      '/endless.bin': { bytes, ranges: false, length: false },
      '/empty.bin': { bytes: Buffer.alloc(0) },
      '/led.bin': { led: cdn.url('/real').replace('127.0.0.1', 'localhost'), head: { etag: '"other"' } },
    });
    for (const [path, expected] of [['/whole.bin', bytes], ['/endless.bin', bytes], ['/led.bin', bytes], ['/empty.bin', Buffer.alloc(0)]]) {
      const where = await home(t);
      const got = await hive(where, ['pull', site.url(path)]);
      assert.equal(got.code, 0, path + got.err);
      await same(where, site.url(path), expected);
    }
  });

  test('with a digest is checked; what is something else is refused and not kept', async (t) => {
    const bytes = content(2_000_000);
    const site = await web(t, { '/m.gguf': { bytes: Buffer.concat([Buffer.from('GGUF'), bytes]) }, '/page.gguf': { bytes: Buffer.from('<!DOCTYPE html><p>log in'), head: { 'content-type': 'text/html' } } });
    const where = await home(t);
    const right = `${site.url('/m.gguf')}#sha256=${sha256(site.files['/m.gguf'].bytes)}`;
    assert.equal((await hive(where, ['pull', right])).code, 0);
    const wrong = await hive(await home(t), ['pull', `${site.url('/m.gguf')}#sha256=${'0'.repeat(64)}`]);
    assert.equal(wrong.code, 5, wrong.err);
    const fresh = await home(t);
    const page = await hive(fresh, ['pull', site.url('/page.gguf')]);
    assert.equal(page.code, 5, page.err);
    assert.match(page.err, /a web page came instead/);
    assert.deepEqual(await readdir(join(fresh, 'blobs/sha256')).catch(() => []), []);
  });

  test('says what is wrong with it, and what to do', async (t) => {
    const site = await web(t, { '/private': { status: 401 }, '/signed': { status: 403 } });
    for (const [ref, code, said] of [
      [site.url('/nothing.bin'), 3, /there is nothing at .*nothing\.bin/],
      [site.url('/private'), 4, /--token/],
      [site.url('/signed?sig=SECRET'), 4, /fresh one/],
      ['ftp://host/x', 2, /does not speak ftp/],
      ['http://host.example/x', 2, /#sha256=/],
      ['https://user:pw@host/x', 2, /user or password/],
    ]) {
      const got = await hive(await home(t), ['pull', ref]);
      assert.equal(got.code, code, `${ref}: ${got.err}`);
      assert.match(got.err, said);
      assert.doesNotMatch(got.err, /SECRET|pw@/);
    }
    const given = await home(t);
    await hive(given, ['pull', site.url('/private'), '--token', 'secret-of-mine']);
    assert.equal(site.asked.at(-1).authorization, 'Bearer secret-of-mine');
  });
});

describe('mirrors', () => {
  const bytes = content(30_000_000);
  const pinned = `#sha256=${sha256(bytes)}`;

  test('stand in for an address that is gone, or that breaks in the middle, or that lies', async (t) => {
    const good = await web(t, { '/m.bin': { bytes } });
    const bad = Buffer.from(bytes);
    bad[12_345_678] ^= 1;
    for (const first of [{ status: 404 }, { bytes: bad }, { status: 503 }]) {
      const site = await web(t, { '/m.bin': first });
      const where = await home(t);
      const got = await hive(where, ['pull', site.url('/m.bin') + pinned, '--mirror', good.url('/m.bin')]);
      assert.equal(got.code, 0, got.err);
      await same(where, site.url('/m.bin'), bytes);
      assert.match(got.out, first.status === undefined ? /source|again/ : /leaving out/);
    }
  });

  test('go on where the first one broke off', async (t) => {
    const good = await web(t, { '/m.bin': { bytes } });
    const site = await web(t, { '/m.bin': { bytes } }, { rate: 4 << 20 });
    const where = await home(t);
    const node = await serve(where);
    t.after(() => node.kill());
    const { id } = await submit(node.url, `${site.url('/m.bin')}${pinned}&mirror=${good.url('/m.bin')}`);
    await until(node.url, id, (job) => job.progress.received > 10_000_000);
    site.files['/m.bin'] = { status: 410 };
    await site.stop();
    assert.equal((await until(node.url, id)).state, 'succeeded');
    assert.ok(await good.sent() < 25_000_000, `${await good.sent()} bytes from the mirror`);
  });

  test('without a digest need the same size, and are named when they are left out', async (t) => {
    const other = await web(t, { '/m.bin': { bytes: content(999) } });
    const site = await web(t, { '/m.bin': { bytes: content(1000) } });
    const where = await home(t);
    const got = await hive(where, ['pull', site.url('/m.bin'), '--mirror', other.url('/m.bin')]);
    assert.equal(got.code, 0, got.err);
    assert.match(got.out, /leaving out .*its size is another one/);
    const wrong = await hive(where, ['pull', 'hf:org/repo', '--mirror', other.url('/m.bin')]);
    assert.equal(wrong.code, 2, wrong.err);
  });
});

test('a Metalink brings its files, each from whichever address has it', async (t) => {
  const [one, two] = [content(9_000_000, 'one'), content(500, 'two')];
  const site = await web(t, { '/one.bin': { bytes: one }, '/two.bin': { bytes: two } });
  const file = (name, bytes, urls) => `<file name="${name}"><size>${bytes.length}</size><hash type="sha-256">${sha256(bytes)}</hash>${urls.map((u, i) => `<url priority="${i + 1}">${u}</url>`).join('')}</file>`;
  site.files['/all.meta4'] = {
    bytes: Buffer.from(`<?xml version="1.0"?><metalink xmlns="urn:ietf:params:xml:ns:metalink">${file('models/one.bin', one, [site.url('/gone'), site.url('/one.bin')])}${file('two.bin', two, [site.url('/two.bin')])}</metalink>`),
    head: { 'content-type': 'application/metalink4+xml' },
  };
  const where = await home(t);
  const got = await hive(where, ['pull', site.url('/all.meta4')]);
  assert.equal(got.code, 0, got.err);
  const folder = await pathOf(where, site.url('/all.meta4'));
  assert.ok((await readFile(join(folder, 'models/one.bin'))).equals(one));
  assert.ok((await readFile(join(folder, 'two.bin'))).equals(two));
  site.files['/bad.meta4'] = { bytes: Buffer.from('<metalink>') };
  const bad = await hive(where, ['pull', site.url('/bad.meta4')]);
  assert.equal(bad.code, 1, bad.err);
  assert.match(bad.err, /the Metalink at .*cannot be read/);
  site.files['/ftp.meta4'] = { bytes: Buffer.from('<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="a"><url>ftp://h/a</url></file></metalink>') };
  const ftp = await hive(where, ['pull', site.url('/ftp.meta4')]);
  assert.equal(ftp.code, 2, ftp.err);
  assert.match(ftp.err, /only at ftp:\/\/h\/a/);
});
