// What Prometheus and Grafana are given: names and rules that their own tools accept, and no name that is not there.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { call } from './support/api.mjs';
import { serve, temporary } from './support/hive.mjs';

const docs = resolve(dirname(fileURLToPath(import.meta.url)), '../../docs');

async function metrics(t) {
  const made = await temporary();
  t.after(made.remove);
  const node = await serve(made.path);
  t.after(() => node.kill());
  return (await call(node.url, 'GET', '/metrics')).text;
}

function promtool(args, input) {
  const done = spawnSync('promtool', args, { input, encoding: 'utf8' });
  assert.equal(done.error, undefined);
  return { code: done.status, said: done.stdout + done.stderr };
}

test('promtool finds nothing wrong with the metrics', async (t) => {
  const checked = promtool(['check', 'metrics'], await metrics(t));
  assert.deepEqual(checked, { code: 0, said: '' });
});

test('the alert rules are valid, and they and the dashboard name only what there is', async (t) => {
  const rules = promtool(['check', 'rules', resolve(docs, 'alerts.yml')]);
  assert.equal(rules.code, 0, rules.said);
  const dashboard = await readFile(resolve(docs, 'grafana-dashboard.json'), 'utf8');
  assert.ok(JSON.parse(dashboard).panels.length > 5);
  const there = new Set([...(await metrics(t)).matchAll(/^# TYPE (\S+)/gm)].map((m) => m[1]));
  const expressions = [
    ...JSON.parse(dashboard).panels.flatMap((panel) => (panel.targets ?? []).map((target) => target.expr)),
    ...[...(await readFile(resolve(docs, 'alerts.yml'), 'utf8')).matchAll(/expr: (.+)/g)].map((m) => m[1]),
  ];
  assert.ok(expressions.length > 15);
  for (const expression of expressions) {
    const named = expression.match(/\b(hive|process)_[a-z0-9_]+/g);
    assert.ok(named, expression);
    for (const name of named) assert.ok(there.has(name), `${name} of ${expression}`);
  }
});
