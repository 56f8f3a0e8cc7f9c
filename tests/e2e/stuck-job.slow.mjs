import { findStuck } from './support/stuck-job.mjs';

findStuck(1000);
