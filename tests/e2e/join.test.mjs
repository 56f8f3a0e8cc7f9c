// A hive is founded, lets a second home in, and keeps out who does not belong.
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import tls from 'node:tls';
import { makeAuthority } from './support/certificates.mjs';
import { hive, serve, temporary } from './support/hive.mjs';

let home, node, peers;

async function token(at, ...flags) {
  const made = await hive(at, ['token', 'create', ...flags]);
  assert.equal(made.code, 0, made.err);
  return made.out.trim().split('\n').at(-1);
}
async function newHome(t) {
  const made = await temporary();
  t.after(made.remove);
  return made.path;
}
async function ready(t, name = 'second') {
  const path = await newHome(t);
  assert.equal((await hive(path, ['init', '--name', name])).code, 0);
  return path;
}
function refused(got, code, ...words) {
  assert.equal(got.code, code, got.out + got.err);
  for (const one of words) assert.match(got.err, one);
}
// Where a node takes joins: said in the line that it is ready.
async function peersOf(at) {
  for (let left = 500; left > 0; left--) {
    const found = at.said().match(/to peers at ([\d.]+:\d+)/);
    if (found) return found[1];
    await wait(20);
  }
  throw new Error(`no peers' address in ${at.said()}`);
}

before(async () => {
  home = await temporary();
  const made = await hive(home.path, ['init', '--name', 'lab']);
  assert.equal(made.code, 0, made.err);
  assert.match(made.out, /the hive lab \(\w{26}\) is founded/);
  node = await serve(home.path, { args: ['--peer-listen', '127.0.0.1:0'] });
  peers = await peersOf(node);
});
after(async () => {
  await node?.stop();
  await home?.remove();
});

describe('a hive', { timeout: 120_000 }, () => {
  test('is founded once; its keys are for its owner only', async () => {
    refused(await hive(home.path, ['init']), 4, /belongs to the hive lab/);
    for (const name of ['ca.key', 'node.key'])
      assert.equal((await stat(join(home.path, 'node/hive', name))).mode & 0o777, 0o600);
    assert.equal((await stat(join(home.path, 'node/hive'))).mode & 0o777, 0o700);
  });

  test('lets a second home in, which may ask again, and doctor says so', async (t) => {
    const path = await newHome(t);
    const one = await token(home.path);
    const got = await hive(path, ['join', one, peers]);
    assert.equal(got.code, 0, got.err);
    assert.match(got.out, /node \w{26} belongs to the hive lab/);
    assert.equal((await hive(path, ['join', one, peers])).code, 0);
    const doctor = await hive(path, ['doctor']);
    assert.match(doctor.out, /ok +membership +of the hive lab/);
    assert.match(doctor.out, /ok +certificate +of node \w{26}, good until 20\d\d-/);
    const authority = doctor.out.match(/authority +sha256 ([0-9a-f]{64})/)[1];
    assert.equal(authority, one.split('.')[1]);
    refused(await hive(path, ['token', 'create']), 4, /does not hold the key/, new RegExp(peers));
    const listed = JSON.parse((await hive(home.path, ['token', 'ls', '--json'])).out);
    const row = listed.tokens.find((r) => r.id === one.split('.')[2]);
    assert.equal(row.state, 'used up');
    assert.equal(row.used_by.length, 1);
    // The second is now a node that others may see, too: it starts with its certificate.
    const second = await serve(path, { args: ['--peer-listen', '127.0.0.1:0'] });
    refused(await hive(await newHome(t), ['join', await token(home.path), await peersOf(second)]), 4,
      /does not hold the key/, new RegExp(peers));
    await second.stop();
  });

  test('takes a token from standard input, where no list of processes shows it', async (t) => {
    const got = await hive(await newHome(t), ['join', '-', peers, '--json'], { input: `${await token(home.path)}\n` });
    assert.equal(got.code, 0, got.err);
    assert.equal(JSON.parse(got.out).name, 'lab');
  });

  test('refuses a token that is used up, revoked, expired, unknown or malformed, each by its name', async (t) => {
    const used = await token(home.path);
    assert.equal((await hive(await newHome(t), ['join', used, peers])).code, 0);
    refused(await hive(await newHome(t), ['join', used, peers]), 4, /could be used 1 time and has been/);

    const revoked = await token(home.path);
    assert.equal((await hive(home.path, ['token', 'revoke', revoked.split('.')[2]])).code, 0);
    refused(await hive(await newHome(t), ['join', revoked, peers]), 4, /has been revoked/);

    const short = await token(home.path, '--ttl', '1s');
    await wait(1100);
    refused(await hive(await newHome(t), ['join', short, peers]), 4, /expired at/);

    refused(await hive(await newHome(t), ['join', used.slice(0, -3), peers]), 2, /40 characters instead of 43/);
    refused(await hive(home.path, ['token', 'create', '--ttl', 'soon']), 2, /--ttl/);
    refused(await hive(home.path, ['token', 'create', '--uses', '0']), 2, /1 to 1000 times/);
    refused(await hive(home.path, ['token', 'revoke', 'nobody']), 3, /no token nobody/);
    assert.ok(!node.said().includes(used.split('.')[3]), 'no secret in the log');
    assert.match(node.said(), /join-refused/);
  });

  test('makes a token for several nodes', async (t) => {
    const two = await token(home.path, '--uses', '2');
    for (let i = 0; i < 2; i++) assert.equal((await hive(await newHome(t), ['join', two, peers])).code, 0);
    refused(await hive(await newHome(t), ['join', two, peers]), 4, /could be used 2 times/);
  });

  test('bars a node it has revoked', async (t) => {
    const path = await newHome(t);
    const joined = JSON.parse((await hive(path, ['join', await token(home.path), peers, '--json'])).out);
    assert.equal((await hive(home.path, ['revoke', joined.node, '--reason', 'stolen'])).code, 0);
    refused(await hive(path, ['join', await token(home.path), peers]), 4, /revoked node .*: stolen/);
    refused(await hive(home.path, ['revoke', 'nobody']), 3, /no node nobody/);
  });

  test('knows its own: a token of another hive, and a home of another hive', async (t) => {
    const other = await ready(t, 'other');
    refused(await hive(await newHome(t), ['join', await token(other), peers]), 4, /does not show the authority/, /secret was not sent/);
    refused(await hive(other, ['join', await token(home.path), peers]), 4, /belongs to another hive, other/);
  });
});

describe('before the secret leaves', { timeout: 60_000 }, () => {
  test('the other side has shown the authority of the token', async (t) => {
    const stranger = await makeAuthority();
    t.after(stranger.remove);
    const { certificate, key } = await stranger.issue('stranger');
    const heard = [];
    const ends = [];
    const server = tls.createServer({
      cert: await readFile(certificate), key: await readFile(key), ca: await readFile(stranger.file),
      ALPNProtocols: ['hive-join/1'], requestCert: true, rejectUnauthorized: false,
    }, (socket) => { socket.on('data', (d) => heard.push(d)); socket.on('error', () => {}); });
    server.on('tlsClientError', (e) => ends.push(e.code ?? e.message));
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    t.after(() => server.close());
    const secret = await token(home.path);
    const got = await hive(await newHome(t), ['join', secret, `127.0.0.1:${server.address().port}`]);
    refused(got, 4, /does not show the authority/, /secret was not sent/);
    assert.equal(Buffer.concat(heard).length, 0, 'not one byte of the conversation was sent');
    assert.match(ends.join(), /UNKNOWN_CA/);
  });

  test('a server that is no TLS, or gone, is named as what it is', async (t) => {
    const heard = [];
    const plain = createTcpServer((socket) => {
      socket.on('data', (d) => { heard.push(d); socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'); });
      socket.on('error', () => {});
    });
    await new Promise((done) => plain.listen(0, '127.0.0.1', done));
    t.after(() => plain.close());
    const where = `127.0.0.1:${plain.address().port}`;
    const secret = await token(home.path);
    refused(await hive(await newHome(t), ['join', secret, where]), 1, /does not speak TLS/, /--peer-listen/);
    assert.ok(!Buffer.concat(heard).includes(secret.split('.')[3]));
    refused(await hive(await newHome(t), ['join', secret, '127.0.0.1:1']), 1, /127\.0\.0\.1:1/);
    refused(await hive(await newHome(t), ['join', secret, 'nowhere']), 2, /host:port/);
  });

  test('the peers\' address speaks TLS 1.3 and nothing below', async () => {
    const [host, port] = peers.split(':');
    const shake = (more) => new Promise((done) => {
      const socket = tls.connect({ host, port: Number(port), rejectUnauthorized: false, ...more },
        () => { done(socket.getProtocol()); socket.destroy(); });
      socket.on('error', (e) => done(e.code ?? e.message));
    });
    assert.equal(await shake({ ALPNProtocols: ['hive-join/1'] }), 'TLSv1.3');
    assert.match(await shake({ ALPNProtocols: ['hive-join/1'], maxVersion: 'TLSv1.2' }), /PROTOCOL_VERSION/);
    assert.match(await shake({ ALPNProtocols: ['h2'] }), /NO_APPLICATION_PROTOCOL/);
  });
});

test('without a hive there is nothing to listen for, and no token', async (t) => {
  const path = await newHome(t);
  refused(await hive(path, ['serve', '--listen', '127.0.0.1:0', '--peer-listen', '127.0.0.1:0']), 4, /belongs to no hive/, /hive init/);
  refused(await hive(path, ['token', 'create']), 4, /belongs to no hive/);
  refused(await hive(path, ['serve', '--peer-listen', 'nowhere']), 2, /peer_listen/);
  assert.match((await hive(path, ['doctor'])).out, /ok +membership +of no hive/);
});
