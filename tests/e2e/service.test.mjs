// What a service manager hears of a node: readiness, status, life, the end.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serve, temporary } from './support/hive.mjs';

const run = promisify(execFile);
let place, listener;

before(async () => {
  place = await temporary('notify');
  listener = join(place.path, 'notify_socket');
  await run('cc', ['-o', listener, fileURLToPath(new URL('support/notify_socket.c', import.meta.url))]);
});
after(() => place?.remove());

// Lines it hears; `next(pattern)` resolves with the first from now on that fits.
async function manager(t, name) {
  const child = spawn(listener, [name], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  const heard = [];
  const waiting = [];
  let from = 0;
  const look = () => {
    for (; waiting.length > 0 && from < heard.length; from++)
      if (waiting[0].pattern.test(heard[from])) waiting.shift().resolve(heard[from]);
  };
  lines.on('line', (line) => { heard.push(line); look(); });
  const next = (pattern) => new Promise((resolve) => { waiting.push({ pattern, resolve }); look(); });
  await next(/^bound$/);
  return { heard, next };
}

describe('a service manager', { timeout: 60_000 }, () => {
  for (const abstract of [false, true]) {
    test(`hears of ${abstract ? 'an abstract socket' : 'a path'}: ready, alive with a status, stopping`, async (t) => {
      const name = abstract ? `@hive-e2e-${process.pid}` : join(place.path, 'notify');
      const boss = await manager(t, name);
      const home = await temporary();
      t.after(home.remove);
      const node = await serve(home.path, { env: { NOTIFY_SOCKET: name, WATCHDOG_USEC: '400000' } });
      t.after(() => node.kill());
      assert.match(await boss.next(/READY/), /^READY=1\|STATUS=ready at http:/);
      for (let i = 0; i < 3; i++) assert.match(await boss.next(/WATCHDOG/), /^WATCHDOG=1\|STATUS=0 jobs running, 0 waiting, 0 artifacts/);
      await node.stop();
      await boss.next(/^STOPPING=1/);
      assert.equal(boss.heard.filter((line) => line.startsWith('READY')).length, 1);
    });
  }

  test('is shown why a node is degraded, and the node says it as an event and in /readyz', async (t) => {
    const name = `@hive-e2e-low-${process.pid}`;
    const boss = await manager(t, name);
    const home = await temporary();
    t.after(home.remove);
    const node = await serve(home.path, { env: { NOTIFY_SOCKET: name, WATCHDOG_USEC: '400000', HIVE_DISK_RESERVE: '1000000000000000' } });
    t.after(() => node.kill());
    assert.match(await boss.next(/WATCHDOG/), /degraded: only .* of disk are free/);
    const ready = await (await fetch(`${node.url}/readyz`)).json();
    assert.equal(ready.status, 'degraded');
    const seen = await (await fetch(`${node.url}/v1/node`)).json();
    assert.deepEqual(seen.health_reasons.map((r) => r.code), ['disk-low']);
    assert.ok(seen.memory.total > seen.memory.available && seen.cpus > 0 && seen.process.resident > 0);
    assert.match(node.said(), /health-changed health=degraded reasons=disk-low/);
  });

  test('of a node that is no service hears nothing, and the node is none the worse', async (t) => {
    const home = await temporary();
    t.after(home.remove);
    const node = await serve(home.path, { env: { NOTIFY_SOCKET: '/nonexistent/socket', WATCHDOG_USEC: '200000' } });
    assert.equal((await node.stop()).code, 0);
  });
});

test('the unit of docs/operations.md is one that systemd takes', async (t) => {
  const found = await run('systemd-analyze', ['--version']).catch(() => null);
  if (!found) return t.skip('no systemd-analyze here');
  const text = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const unit = text.match(/```ini\n([^`]+)```/)[1].replace('/usr/local/bin/hive', process.execPath);
  const file = join(place.path, 'hive.service');
  await writeFile(file, unit);
  const { stderr } = await run('systemd-analyze', ['verify', '--recursive-errors=no', file]);
  assert.equal(stderr, '');
});
