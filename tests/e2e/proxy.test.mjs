// Pulling through a real proxy, squid. Names ending in .test are known to it alone: what arrives came through it.
import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { hostname } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { makeAuthority } from './support/certificates.mjs';
import { hive, temporary } from './support/hive.mjs';
import { startHub, token } from './support/hub.mjs';
import { account, startSquid } from './support/squid.mjs';

const repos = [
  { id: 'acme/tiny', files: { 'config.json': 311, 'tiny.gguf': 5_000_001 } },
  { id: 'acme/gated', gated: true, files: { 'config.json': 20, 'model.safetensors': 3_000_000 } },
];
const names = { host: 'hub.test', cdnHost: 'cdn.test' };
let authority, secure, plain, strict, open;

before(async () => {
  authority = await makeAuthority();
  const server = await authority.issue('server', { hosts: ['DNS:hub.test', 'DNS:cdn.test'] });
  secure = await startHub(repos, { tls: server, ...names });
  plain = await startHub(repos, names);
  strict = await startSquid(Object.values(names));
  open = await startSquid(Object.values(names), { open: true });
});
after(async () => {
  await Promise.all([secure, plain, strict, open].map((one) => one?.stop()));
  await authority?.remove();
});

const known = () => `http://${account.user}:${account.password}@${strict.address}`;

async function pull(t, where, env, ref = 'hf:acme/tiny') {
  const home = await temporary();
  t.after(home.remove);
  const got = await hive(home.path, ['pull', ref], { env: { HF_ENDPOINT: where.endpoint, HIVE_CA_FILE: authority.file, ...env } });
  assert.ok(!(got.out + got.err).includes(account.password), 'the password is never printed');
  return got;
}

const lines = async (squid, part) => (await squid.log()).filter(([, , url]) => url.includes(part));

describe('https, through a tunnel', () => {
  test('user and password are taken from the proxy\'s address, and the token stays inside the tunnel', async (t) => {
    const got = await pull(t, secure, { HIVE_PROXY: known(), HF_TOKEN: token }, 'hf:acme/gated');
    assert.equal(got.code, 0, got.err);
    const log = await strict.log();
    for (const name of Object.values(names)) assert.ok(log.some(([status, method, url, user]) => status === '200' && method === 'CONNECT' && url.startsWith(name) && user === account.user), name);
    assert.deepEqual(log.filter((line) => line[4] !== '-'), [], 'no Authorization reaches the proxy');
    assert.ok((await secure.log()).some((line) => line[6] === `Bearer ${token}`), 'the Hub has the token');
  });

  test('a missing or a wrong password is refused at once, and the proxy is named', async (t) => {
    for (const address of [`http://${strict.address}`, `http://${account.user}:wr0ngS3cret@${strict.address}`]) {
      const got = await pull(t, secure, { HIVE_PROXY: address });
      assert.equal(got.code, 4, got.err);
      assert.match(got.err, new RegExp(`the proxy ${strict.address} answered 407 when asked for ${secure.endpoint}`));
      assert.match(got.err, /http:\/\/user:password@host:port/);
      assert.doesNotMatch(got.err, /wr0ngS3cret/);
      assert.ok(got.ms < 10_000, 'it is not tried again and again');
    }
  });

  test('the environment\'s variables are obeyed, in curl\'s order', async (t) => {
    for (const variable of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy']) {
      const before = (await lines(open, 'hub.test')).length;
      const got = await pull(t, secure, { [variable]: `http://${open.address}` });
      assert.equal(got.code, 0, variable + got.err);
      assert.ok((await lines(open, 'hub.test')).length > before, variable);
    }
    const got = await pull(t, secure, { HTTPS_PROXY: `http://${open.address}`, ALL_PROXY: 'http://127.0.0.1:1' });
    assert.equal(got.code, 0, got.err);
  });

  test('hive\'s own setting comes first, and "-" means none', async (t) => {
    const own = await pull(t, secure, { HIVE_PROXY: `http://${open.address}`, HTTPS_PROXY: 'http://127.0.0.1:1' });
    assert.equal(own.code, 0, own.err);
    const before = (await open.log()).length;
    await pull(t, { endpoint: 'https://hub.test:1' }, { HIVE_PROXY: '-', HTTPS_PROXY: `http://${open.address}` }, 'hf:acme/tiny')
      .then((got) => assert.equal(got.code, 1, got.err));
    assert.equal((await open.log()).length, before);
  });

  test('a proxy that cannot reach the Hub is the proxy\'s trouble', async (t) => {
    const home = await temporary();
    t.after(home.remove);
    const got = await hive(home.path, ['pull', 'hf:acme/tiny'], {
      env: { HF_ENDPOINT: 'https://nowhere.test', HIVE_PROXY: `http://${open.address}` }, timeout: 20_000,
      onStart: (child) => child.stdout.on('data', (d) => { if (/50[23]/.test(d)) child.kill('SIGINT'); }),
    });
    assert.match(got.out + got.err, new RegExp(`the proxy ${open.address} answered 50\\d when asked for https://nowhere.test`));
  });
});

describe('plain http', () => {
  test('is forwarded, with the redirects of the Hub followed through the proxy too', async (t) => {
    const got = await pull(t, plain, { http_proxy: known() });
    assert.equal(got.code, 0, got.err);
    for (const name of Object.values(names)) assert.ok((await lines(strict, `http://${name}`)).some(([, method]) => method === 'GET'), name);
  });

  test('is refused by name without a password', async (t) => {
    const got = await pull(t, plain, { http_proxy: `http://${strict.address}` });
    assert.equal(got.code, 4, got.err);
    assert.match(got.err, new RegExp(`the proxy ${strict.address} answered 407 when asked for ${plain.endpoint}`));
  });
});

describe('without the proxy', () => {
  test('loopback is reached directly, whatever is set', async (t) => {
    const near = await startHub(repos);
    t.after(near.stop);
    const got = await pull(t, near, { HIVE_PROXY: 'http://127.0.0.1:1', http_proxy: 'http://127.0.0.1:1', ALL_PROXY: 'http://127.0.0.1:1' });
    assert.equal(got.code, 0, got.err);
  });

  test('NO_PROXY names hosts, and no_proxy of hive.toml comes before it', async (t) => {
    const host = hostname();
    const address = await lookup(host, { family: 4 }).catch(() => null);
    if (!address) return t.skip('this machine does not know its own name');
    const near = await startHub(repos, { host, cdnHost: host, address: address.address });
    t.after(near.stop);
    const proxy = { http_proxy: 'http://127.0.0.1:1' };
    for (const except of [{ NO_PROXY: `x.test,${host}` }, { no_proxy: host }, { HIVE_NO_PROXY: '*' }, { NO_PROXY: 'x', HIVE_NO_PROXY: host }]) {
      const got = await pull(t, near, { ...proxy, ...except });
      assert.equal(got.code, 0, JSON.stringify(except) + got.err);
    }
  });

  test('doctor tells which proxy is used and who said so, without the password', async (t) => {
    const home = await temporary();
    t.after(home.remove);
    const got = await hive(home.path, ['doctor'], { env: { HTTPS_PROXY: known(), NO_PROXY: 'x.test' } });
    assert.match(got.out, new RegExp(`proxy +http://\\[redacted\\]@${strict.address} +\\(environment: HTTPS_PROXY\\)`));
    assert.match(got.out, /no_proxy +x\.test +\(environment: NO_PROXY\)/);
    assert.ok(!got.out.includes(account.password));
  });
});
