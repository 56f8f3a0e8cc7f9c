// Pulling from servers that speak TLS: whom hive trusts, what it shows of itself, and what it says when either fails.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createSecureServer } from 'node:http2';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeAuthority } from './support/certificates.mjs';
import { hive, temporary } from './support/hive.mjs';
import { startHub, token } from './support/hub.mjs';

const repos = [
  { id: 'acme/tiny', files: { 'config.json': 311, 'tiny.gguf': 5_000_001 } },
  { id: 'acme/gated', gated: true, files: { 'config.json': 20, 'model.safetensors': 3_000_000 } },
];
let authority, stranger, server;
const running = [];

async function hub(options) {
  const made = await startHub(repos, options);
  running.push(made);
  return made;
}

before(async () => {
  [authority, stranger] = await Promise.all([makeAuthority(), makeAuthority()]);
  server = await authority.issue('server');
});
after(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await Promise.all([authority, stranger].map((one) => one?.remove()));
});

async function pull(t, where, env = {}, ref = 'hf:acme/tiny') {
  const home = await temporary();
  t.after(home.remove);
  const got = await hive(home.path, ['pull', ref], { env: { HF_ENDPOINT: where.endpoint, ...env } });
  return { ...got, home: home.path };
}

function refused(got, ...words) {
  assert.equal(got.code, 1, got.out + got.err);
  for (const one of words) assert.match(got.err, one);
  assert.ok(got.ms < 10_000, 'a handshake that failed is not tried again and again');
}

describe('whom hive trusts', () => {
  let usual;
  before(async () => { usual = await hub({ tls: server }); });
  const trusting = () => ({ HIVE_CA_FILE: authority.file });

  test('an authority nobody knows is refused, with what to set', async (t) => {
    refused(await pull(t, usual), /127\.0\.0\.1:\d+/, /issuer/, /ca_file \(HIVE_CA_FILE\)/);
    refused(await pull(t, usual, { HIVE_CA_FILE: stranger.file }), /ca_file/);
  });

  test('an authority of one\'s own is trusted: by variable, by hive.toml, and where other tools are told of it', async (t) => {
    for (const variable of ['HIVE_CA_FILE', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']) {
      const got = await pull(t, usual, { [variable]: authority.file });
      assert.equal(got.code, 0, variable + got.err);
    }
    const home = await temporary();
    t.after(home.remove);
    await writeFile(join(home.path, 'hive.toml'), `ca_file = "${authority.file}"\nhub_endpoint = "${usual.endpoint}"\n`);
    const got = await hive(home.path, ['pull', 'hf:acme/tiny']);
    assert.equal(got.code, 0, got.err);
    const doctor = await hive(home.path, ['doctor']);
    assert.match(doctor.out, new RegExp(`ca_file +${authority.file} +\\(file: .*hive\\.toml\\)`));
  });

  test('a file that holds no certificates is named', async (t) => {
    const file = authority.at('empty.pem');
    await writeFile(file, 'nothing\n');
    refused(await pull(t, usual, { HIVE_CA_FILE: file }), /ca_file must hold certificates/);
    const missing = await pull(t, usual, { HIVE_CA_FILE: '/no/such.pem' });
    assert.equal(missing.code, 2, missing.err);
    assert.match(missing.err, /ca_file \(HIVE_CA_FILE\): "\/no\/such\.pem" does not exist/);
  });

  test('a certificate for another host is refused', async (t) => {
    const other = await hub({ tls: await authority.issue('other', { hosts: ['DNS:hub.example'] }) });
    refused(await pull(t, other, trusting()), /check the spelling of the host/);
  });

  test('a certificate that has expired is refused', async (t) => {
    const old = await hub({ tls: await authority.issue('old', { days: -1 }) });
    refused(await pull(t, old, trusting()), /expired/, /out of date/);
  });

  test('a server that does not speak TLS at all is told from one that is not trusted', async (t) => {
    const plain = await hub({});
    const got = await pull(t, { endpoint: plain.endpoint.replace('http:', 'https:') }, trusting());
    refused(got, /is it http, not https/);
  });

  test('a redirect from https to http is refused, and both are named', async (t) => {
    const leaking = await hub({ tls: server, cdnTls: null });
    const got = await pull(t, leaking, trusting());
    assert.equal(got.code, 4, got.err);
    assert.match(got.err, new RegExp(`${leaking.endpoint} redirects to ${leaking.cdn}, which is not encrypted`));
    assert.deepEqual((await leaking.log()).filter(([who]) => who === 'cdn'), []);
  });

  test('the token goes to the Hub and not to the CDN it leads to', async (t) => {
    const got = await pull(t, usual, { ...trusting(), HF_TOKEN: token }, 'hf:acme/gated');
    assert.equal(got.code, 0, got.err);
    const log = await usual.log();
    assert.ok(log.some(([who, , , , , , auth]) => who === 'hub' && auth === `Bearer ${token}`));
    assert.ok(log.some(([who, , , uri]) => who === 'cdn' && uri.includes('acme/gated')));
    assert.deepEqual(log.filter(([who, , , , , , auth]) => who === 'cdn' && auth !== '-'), []);
  });
});

describe('versions', () => {
  const env = (more) => ({ HIVE_CA_FILE: authority.file, ...more });

  test('1.2 is enough by default and not when 1.3 is the minimum', async (t) => {
    const old = await hub({ tls: { ...server, more: 'ssl_protocols TLSv1.2;' } });
    assert.equal((await pull(t, old, env())).code, 0);
    assert.deepEqual([...new Set((await old.log()).map((line) => line[7]))], ['TLSv1.2']);
    refused(await pull(t, old, env({ HIVE_TLS_MINIMUM: '1.3' })), /older versions of TLS than tls_minimum allows/);
  });

  test('1.3 alone is enough', async (t) => {
    const young = await hub({ tls: { ...server, more: 'ssl_protocols TLSv1.3;' } });
    assert.equal((await pull(t, young, env({ HIVE_TLS_MINIMUM: '1.3' }))).code, 0);
  });

  test('less than 1.2 cannot be asked for', async (t) => {
    const got = await pull(t, { endpoint: 'https://127.0.0.1:1' }, env({ HIVE_TLS_MINIMUM: '1.1' }));
    assert.equal(got.code, 2, got.err);
    assert.match(got.err, /tls_minimum \(HIVE_TLS_MINIMUM\): "1\.1" is none of 1\.2 1\.3/);
  });
});

describe('a server that asks for a client certificate', () => {
  const env = ({ certificate, key } = {}) => ({
    HIVE_CA_FILE: authority.file, ...(certificate && { HIVE_CLIENT_CERTIFICATE: certificate, HIVE_CLIENT_KEY: key }),
  });

  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    test(`gets the one that is set, and without one hive says what to set (${version})`, async (t) => {
      const strict = await hub({ tls: { ...server, more: `ssl_protocols ${version}; ssl_client_certificate ${authority.file}; ssl_verify_client on;` } });
      const bare = await pull(t, strict, env());
      refused(bare, /asks for a client certificate/, /client_certificate and client_key \(HIVE_CLIENT_CERTIFICATE, HIVE_CLIENT_KEY\)/);
      const known = await pull(t, strict, env(await authority.issue('client')));
      assert.equal(known.code, 0, known.err);
      const unknown = await pull(t, strict, env(await stranger.issue('client')));
      refused(unknown, /does not accept the client certificate/);
    });
  }

  test('that ends the handshake, or the first read, instead of answering is understood too', async (t) => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
      const files = { key: await readFile(server.key), cert: await readFile(server.certificate), ca: await readFile(authority.file) };
      const strict = createSecureServer({ ...files, maxVersion, requestCert: true, rejectUnauthorized: true, allowHTTP1: true });
      t.after(() => strict.close());
      await new Promise((resolve) => strict.listen(0, '127.0.0.1', resolve));
      const got = await pull(t, { endpoint: `https://127.0.0.1:${strict.address().port}` }, env());
      refused(got, /asks for a client certificate/);
    }
  });

  test('a key that is encrypted, or another certificate\'s, is refused without a question', async (t) => {
    const strict = await hub({ tls: { ...server, more: `ssl_client_certificate ${authority.file}; ssl_verify_client on;` } });
    const one = await authority.issue('locked', { passphrase: 'open sesame' });
    refused(await pull(t, strict, env(one)), /the key must not be encrypted/);
    const two = { ...one, key: server.key };
    refused(await pull(t, strict, env(two)), /fit each other/);
  });
});
