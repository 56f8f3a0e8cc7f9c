// Random commands, kills and restarts against a model of the queue (support/queue_model.mjs).
import { test } from 'node:test';
import { startHub } from './support/hub.mjs';
import { temporary } from './support/hive.mjs';
import { QueueModel } from './support/queue_model.mjs';

const steps = Number(process.env.HIVE_STEPS ?? 250);

test(`${steps} random commands leave the jobs as a model says`, { timeout: 1_700_000 }, async (t) => {
  const seed = Number(process.env.HIVE_SEED ?? Date.now() % 100_000);
  t.diagnostic(`HIVE_SEED=${seed}`);
  const slow = Array.from({ length: 5 }, (_, i) => ({ id: `acme/slow${i}`, rate: '256k', files: { 'config.json': 900, 'model.gguf': 4 << 20 } }));
  const quick = Array.from({ length: 5 }, (_, i) => ({ id: `acme/quick${i}`, files: { 'config.json': 900, 'model.gguf': 2 << 20 } }));
  const hub = await startHub([...slow, ...quick]);
  const home = await temporary();
  t.after(async () => { model.node?.kill(); await hub.stop(); await home.remove(); });
  const refs = [...slow, ...quick].map((repo) => `hf:${repo.id}`).concat('hf:acme/missing');
  const model = new QueueModel({ home: home.path, refs, seed, env: { HF_ENDPOINT: hub.endpoint, HIVE_MAX_JOBS: '3' } });
  await model.run(steps);
  await model.end();
  t.diagnostic(JSON.stringify(model.counts));
});
