// The contract: it is a valid OpenAPI document without lint, and what a node really answers is what it says.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { call, events, submit, until } from './support/api.mjs';
import { smallModel } from './support/gguf.mjs';
import { actors, running } from './support/inspected.mjs';
import { packages } from './support/packages.mjs';
import { listening, smallHub } from './support/small-hub.mjs';

const require = await packages();

test('it is valid, and a linter has nothing to say', async (t) => {
  const { where, node } = await running(t, {});
  const { createConfig, lint } = require('@redocly/openapi-core');
  const place = join(where, 'openapi.json');
  await writeFile(place, (await call(node.url, 'GET', '/v1/openapi.json')).text);
  const config = await createConfig({ extends: ['recommended'], rules: {
    'info-license': 'off', 'operation-operationId': 'off', 'no-server-example.com': 'off', 'no-empty-servers': 'off',
    // '/v1/jobs/cancel' is no id; probes and the page cannot fail by what they are asked.
    'no-ambiguous-paths': 'off', 'operation-4xx-response': 'off',
  } });
  const found = await lint({ ref: place, config });
  assert.deepEqual(found.map(({ ruleId, message, location }) => `${ruleId} ${location[0].pointer}: ${message}`), []);
});

class Contract {
  constructor(document) {
    this.document = document;
    const Ajv = require('ajv/dist/2020').default;
    this.ajv = new Ajv({ strict: false, allErrors: true });
    require('ajv-formats').default(this.ajv);
    this.ajv.addSchema(document, 'contract');
    this.seen = new Set();
    this.faults = new Set();
  }

  resolve(part) {
    let now = part;
    while (now?.$ref) now = now.$ref.slice(2).split('/').reduce((at, key) => at[key.replaceAll('~1', '/')], this.document);
    return now;
  }

  // The pattern of a path: literal parts come before named ones.
  patternOf(path) {
    const parts = path.split('/');
    const fits = (pattern) => {
      const its = pattern.split('/');
      return its.length === parts.length && its.every((part, i) => part.startsWith('{') || part === parts[i]);
    };
    return Object.keys(this.document.paths).filter(fits).sort((a, b) => (a.match(/{/g)?.length ?? 0) - (b.match(/{/g)?.length ?? 0))[0];
  }

  // Members that the schema does not tell of.
  strangers(value, schema, at = '') {
    const all = [];
    const known = new Map();
    let open = false;
    const collect = (one) => {
      const now = this.resolve(one);
      if (!now) return;
      for (const part of [...(now.allOf ?? []), ...(now.oneOf ?? []), ...(now.anyOf ?? [])]) collect(part);
      for (const [name, part] of Object.entries(now.properties ?? {})) known.set(name, part);
      if (now.additionalProperties || (now.type?.includes?.('object') && !now.properties && !now.allOf)) open = true;
      if (now.items) known.set('[]', now.items);
    };
    collect(schema);
    if (Array.isArray(value)) {
      if (known.has('[]')) value.forEach((one) => all.push(...this.strangers(one, known.get('[]'), `${at}[]`)));
    } else if (value && typeof value === 'object') {
      for (const [name, one] of Object.entries(value)) {
        if (known.has(name)) all.push(...this.strangers(one, known.get(name), `${at}.${name}`));
        else if (!open) all.push(`${at}.${name}`);
      }
    }
    return [...new Set(all)];
  }

  check(method, path, { status, json, headers }) {
    const pattern = this.patternOf(path.split('?')[0]);
    const operation = this.document.paths[pattern]?.[method.toLowerCase()];
    const where = `${method} ${path} ${status}`;
    if (!operation) return this.faults.add(`${where} is not in the contract`);
    this.seen.add(`${method.toLowerCase()} ${pattern}`);
    const answer = this.resolve(operation.responses[status] ?? operation.responses.default);
    if (!answer) return this.faults.add(`${where}: this status is not in the contract`);
    const type = headers.get('content-type')?.split(';')[0];
    const schema = answer.content?.[type]?.schema;
    if (!answer.content) return undefined;
    if (!schema) return this.faults.add(`${where}: ${type} is not in the contract`);
    const compiled = this.ajv.compile(this.rooted(schema));
    if (!compiled(json)) this.faults.add(`${where}: ${this.ajv.errorsText(compiled.errors)}`);
    for (const name of this.strangers(json, schema)) this.faults.add(`${method} ${pattern} ${status}: the contract does not tell of ${name}`);
    return undefined;
  }

  rooted(schema) { return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"contract#/')); }

  event({ event, data }) {
    const compiled = this.ajv.compile({ $ref: 'contract#/components/schemas/event' });
    if (!compiled(data)) this.faults.add(`event ${event}: ${this.ajv.errorsText(compiled.errors)}`);
  }
}

test('what a node answers is what the contract says', { timeout: 120_000 }, async (t) => {
  const hub = smallHub('acme/tiny', { 'README.md': Buffer.from('# tiny'), 'tiny-Q4_K_M.gguf': smallModel(Buffer.alloc(400_000, 7)), 'large.bin': Buffer.alloc(8 << 20, 1) });
  const server = createServer(hub.handler);
  const port = await listening(t, server);
  const { where, node } = await running(t, { HF_ENDPOINT: `http://127.0.0.1:${port}`, HIVE_ADOPT: 'off' });
  const contract = new Contract((await call(node.url, 'GET', '/v1/openapi.json')).json);
  const ask = async (method, path, body) => {
    const got = await call(node.url, method, path, body);
    contract.check(method, path, got);
    return got.json;
  };
  for (const path of ['/healthz', '/readyz', '/v1/node', '/v1/members', '/v1/jobs', '/v1/artifacts', '/v1/limits', '/v1/actors', '/v1/references?ref=acme/tiny:Q4_K_M', '/v1/references?ref=']) await ask('GET', path);
  const plan = await ask('POST', '/v1/plans', { ref: 'hf:acme/tiny' });
  assert.deepEqual(plan.choices.map(({ selector }) => selector), ['Q4_K_M']);
  await ask('POST', '/v1/plans', { ref: 'hf:acme/nothing' });
  await ask('POST', '/v1/plans', { ref: 7 });
  const first = await ask('POST', '/v1/jobs', { ref: 'hf:acme/tiny:Q4_K_M' });
  const { artifact } = await until(node.url, first.id);
  await ask('POST', '/v1/plans', { ref: 'hf:acme/tiny:Q4_K_M' });
  await ask('GET', '/v1/jobs?limit=1');
  await ask('GET', `/v1/jobs/${first.id}`);
  for (const event of await events(node.url, `/v1/jobs/${first.id}/events`)) contract.event(event);
  await ask('POST', '/v1/jobs', { ref: 'nonsense:' });
  await ask('POST', `/v1/jobs/${first.id}/cancel`);
  await ask('GET', `/v1/jobs/${'0'.repeat(26)}`);

  await ask('PATCH', '/v1/limits', { download_rate: 200_000, max_jobs: 1 });
  const slow = await submit(node.url, 'hf:acme/tiny', { include: ['large.bin'] });
  await until(node.url, slow.id, ({ progress }) => progress.received > 0);
  await ask('GET', `/v1/jobs/${slow.id}`);
  for (const { id } of await actors(node.url, `under=${(await actors(node.url, 'name=supervisor'))[0].id}`)) await ask('GET', `/v1/actors/${id}`);
  const [queue] = await actors(node.url, 'name=queue');
  await ask('POST', `/v1/actors/${queue.id}/cancel`);
  await ask('POST', `/v1/actors/${(await actors(node.url, `job=${slow.id}`))[0].id}/pause`);
  await until(node.url, slow.id, ({ state }) => state === 'paused');
  await ask('GET', '/v1/actors?by=time&limit=5&window=1s');
  await ask('GET', '/v1/actors?by=size');
  await ask('GET', '/v1/actors/trace?seconds=1&messages=50');
  await ask('PATCH', `/v1/jobs/${slow.id}`, { priority: 2, max_rate: 1000 });
  await ask('POST', `/v1/jobs/${slow.id}/resume`);
  await ask('POST', `/v1/jobs/${slow.id}/pause`);
  await ask('DELETE', `/v1/jobs/${slow.id}`);
  await until(node.url, slow.id);
  await ask('POST', `/v1/jobs/${slow.id}/retry`);
  await ask('POST', '/v1/jobs/cancel', { purge: true });
  await until(node.url, slow.id);

  await ask('GET', '/v1/artifacts');
  await ask('GET', `/v1/artifacts/${artifact}`);
  await ask('PATCH', `/v1/artifacts/${artifact}`, { pinned: true });
  await ask('DELETE', `/v1/artifacts/${artifact}`);
  await ask('PATCH', `/v1/artifacts/${artifact}`, { pinned: false });
  await ask('POST', `/v1/artifacts/${artifact}/check`);
  const verification = await ask('POST', `/v1/artifacts/${artifact}/verify`);
  await until(node.url, verification.id);
  await ask('GET', `/v1/jobs/${verification.id}`);
  await ask('POST', '/v1/gc', { dry_run: true });
  const folder = join(where, 'carried');
  await mkdir(folder);
  await writeFile(join(folder, 'x.bin'), 'x');
  await until(node.url, (await ask('POST', '/v1/jobs', { kind: 'import', ref: `file:${folder}`, as: 'hf:org/mine' })).id);
  await ask('GET', '/v1/jobs');
  await ask('POST', '/v1/gc');
  await ask('POST', `/v1/members/${'0'.repeat(26)}/forget`);
  await ask('POST', '/v1/members/check');
  const wished = await ask('POST', '/v1/jobs', { ref: 'hf:acme/tiny:Q4_K_M', on: 'all' });
  await ask('GET', '/v1/wishes');
  await ask('GET', '/v1/wishes?limit=0');
  await ask('DELETE', `/v1/wishes/${wished.wish}`);
  await ask('DELETE', `/v1/wishes/${'0'.repeat(26)}`);
  await ask('DELETE', `/v1/artifacts/${artifact}`);
  await ask('GET', `/v1/artifacts/${artifact}`);
  await ask('GET', `/v1/blobs/sha256:${'0'.repeat(64)}`);

  assert.deepEqual([...contract.faults], []);
  const left = Object.entries(contract.document.paths).flatMap(([path, item]) => Object.keys(item).filter((key) => key !== 'parameters').map((method) => `${method} ${path}`))
    .filter((one) => one.includes(' /v1/') && !contract.seen.has(one) && !/events|openapi/.test(one));
  assert.deepEqual(left, [], 'every route of the API is compared');
});
