// The GitHub these tests run against answers as GitHub's own description of its API says.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { startGithub, token } from './support/github.mjs';
import { packages } from './support/packages.mjs';

let github, description, schema;

before(async () => {
  const find = await packages();
  description = JSON.parse(await readFile(find.resolve('@octokit/openapi/generated/api.github.com.json'), 'utf8'));
  const Ajv = find('ajv').default;
  const ajv = new Ajv({ strict: false, allErrors: true });
  find('ajv-formats')(ajv);
  ajv.addSchema({ $id: 'github', components: description.components });
  schema = (name) => ajv.compile({ $ref: `github#/components/schemas/${name}` });
  github = await startGithub({
    'acme/models': { releases: [{ tag: 'v1', files: { 'a.bin': 10, 'b.bin': { size: 10, digest: false } } }, { tag: 'v2-rc', prerelease: true, files: {} }] },
    'acme/secret': { private: true, releases: [{ tag: 'v1', files: { 'a.bin': 10 } }] },
  });
});
after(() => github?.stop());

const get = async (path, headers = {}) => {
  const got = await fetch(github.api + path, { headers, redirect: 'manual' });
  return { status: got.status, headers: got.headers, body: got.status === 302 ? null : await got.json() };
};

function fits(name, value) {
  const check = schema(name);
  assert.ok(check(value), JSON.stringify(check.errors?.slice(0, 3)));
}

test('a release, its list and its assets are of the published form', async () => {
  const newest = await get('/repos/acme/models/releases/latest');
  assert.equal(newest.body.tag_name, 'v1');
  fits('release', newest.body);
  fits('release', (await get('/repos/acme/models/releases/tags/v2-rc')).body);
  for (const one of (await get('/repos/acme/models/releases')).body) fits('release', one);
  for (const one of newest.body.assets) fits('release-asset', one);
  const { body: asset } = await get(new URL(newest.body.assets[0].url).pathname);
  fits('release-asset', asset);
});

test('statuses and errors are of the published form', async () => {
  const described = (path) => Object.keys(description.paths[path].get.responses);
  const missing = await get('/repos/acme/models/releases/tags/nope');
  assert.ok(described('/repos/{owner}/{repo}/releases/tags/{tag}').includes(String(missing.status)));
  fits('basic-error', missing.body);
  const bytes = await get(`/repos/acme/secret/releases/assets/${github.file('acme/secret', 'v1', 'a.bin').id}`, { accept: 'application/octet-stream', authorization: `Bearer ${token}` });
  assert.ok(described('/repos/{owner}/{repo}/releases/assets/{asset_id}').includes(String(bytes.status)));
  for (const [path, headers] of [['/repos/acme/secret/releases/latest', {}], ['/repos/acme/models/releases/latest', { authorization: 'Bearer x' }]]) fits('basic-error', (await get(path, headers)).body);
});

test('a form that is not the published one is noticed', async () => {
  const { body } = await get('/repos/acme/models/releases/latest');
  const check = schema('release');
  assert.ok(!check({ ...body, tag_name: 5 }));
  assert.ok(!check({ ...body, assets: [{ ...body.assets[0], state: 'lost' }] }));
});
