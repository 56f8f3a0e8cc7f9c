// Random commands, kills and restarts against a model of the queue (support/queue_model.mjs).
import { test } from 'node:test';
import { compareWithModel } from './support/queue_model.mjs';

const steps = Number(process.env.HIVE_STEPS ?? 250);

test(`${steps} random commands leave the jobs as a model says`, { timeout: 1_700_000 }, (t) => compareWithModel(t, steps));
