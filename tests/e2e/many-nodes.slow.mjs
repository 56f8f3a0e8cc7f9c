// Thirty nodes that come and go for a minute. HIVE_SEED repeats one.
import { describe, test } from 'node:test';
import { churn } from './support/churn.mjs';

const seed = Number(process.env.HIVE_SEED ?? Date.now() % 100_000);

describe('a large hive of real processes', { timeout: 1_800_000 }, () => {
  test('thirty that come and go for a minute', (t) =>
    churn({ count: 30, seconds: 60, seed, patience: 3, idle: 10, say: (text) => t.diagnostic(text) }));
});
