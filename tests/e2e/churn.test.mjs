// Eight nodes that come and go in a random order. HIVE_SEED repeats one.
import { describe, test } from 'node:test';
import { churn } from './support/churn.mjs';

const seed = Number(process.env.HIVE_SEED ?? Date.now() % 100_000);

describe('a hive that never stands still', { timeout: 300_000 }, () => {
  test('nobody who is there is lost, nobody who is gone is kept, and all agree in the end', (t) =>
    churn({ count: 8, seconds: 10, seed, say: (text) => t.diagnostic(text) }));
});
