// GitHub, run by Node.js as three origins: its API, its web, and the storage that both lead to with signed links.
// Replies are those of the published description (github-shape.test.mjs compares them).
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { writeContent } from './content.mjs';

export const token = 'ghp_e2eSecretTokenOfTheTests000000000000';
const time = '2026-11-01T10:00:00Z';

const user = (api, login) => ({
  login, id: 1, node_id: 'MDQ6VXNlcjE=', avatar_url: `${api}/avatar`, gravatar_id: '', type: 'Organization', site_admin: false,
  ...Object.fromEntries(['url', 'html_url', 'followers_url', 'following_url', 'gists_url', 'starred_url', 'subscriptions_url',
    'organizations_url', 'repos_url', 'events_url', 'received_events_url'].map((name) => [name, `${api}/users/${login}/${name}`])),
});

// Bytes a second through one connection.
const throttle = (rate) => new Transform({
  highWaterMark: 64 << 10,
  async transform(chunk, _, done) { await wait(chunk.length / rate * 1000); done(null, chunk); },
});

// repos: {'owner/name': {private, releases: [{tag, prerelease, files: {name: size | Buffer | {size or bytes, digest: false, state}}}]}}
// rate: bytes a second per connection. life: seconds a signed link is good for. quota: requests the API grants.
export async function startGithub(repos, { rate = 0, life = 300, quota = 5000 } = {}) {
  const root = await mkdtemp(join(tmpdir(), 'hive-github-'));
  const [asked, objects, servers] = [[], new Map(), {}];
  const state = { left: quota, sent: 0, life };
  let ids = 100;

  const handlers = { api: answerApi, web: answerWeb, storage: answerStorage };
  for (const [name, answer] of Object.entries(handlers)) {
    const server = createServer((request, response) => {
      const url = new URL(request.url, `http://${request.headers.host}`);
      const seen = { server: name, method: request.method, path: url.pathname, range: request.headers.range, authorization: request.headers.authorization, status: 0, headers: request.headers };
      asked.push(seen);
      response.on('close', () => { seen.status = response.statusCode; });
      answer(request, response, url);
    });
    await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
    servers[name] = { server, url: `http://${name === 'storage' ? 'localhost' : '127.0.0.1'}:${server.address().port}` };
  }
  const [api, web, storage] = [servers.api.url, servers.web.url, servers.storage.url];

  const releases = [];
  for (const [name, repo] of Object.entries(repos))
    for (const one of repo.releases) releases.push(await publish(name, repo, one));

  async function publish(repo, { private: hidden = false }, { tag, prerelease = false, files }) {
    const id = ++ids;
    const assets = [];
    for (const [name, wanted] of Object.entries(files)) {
      const how = typeof wanted === 'number' ? { size: wanted } : Buffer.isBuffer(wanted) ? { bytes: wanted } : wanted;
      const asset = { id: ++ids, repo, tag, name, hidden, how };
      if (how.bytes) Object.assign(asset, { bytes: how.bytes, size: how.bytes.length, sha256: createHash('sha256').update(how.bytes).digest('hex') });
      else Object.assign(asset, { disk: join(root, `${asset.id}-${name}`) }, await writeContent(join(root, `${asset.id}-${name}`), how.size, `${repo}/${tag}/${name}`));
      objects.set(asset.id, asset);
      assets.push(asset);
    }
    return { id, repo, tag, prerelease, hidden, assets };
  }

  const asset = (one) => ({
    url: `${api}/repos/${one.repo}/releases/assets/${one.id}`,
    browser_download_url: `${web}/${one.repo}/releases/download/${encodeURIComponent(one.tag)}/${encodeURIComponent(one.name)}`,
    id: one.id, node_id: `RA_${one.id}`, name: one.name, label: null, state: one.how.state ?? 'uploaded', content_type: 'application/octet-stream',
    size: one.size, digest: one.how.digest === false ? null : `sha256:${one.sha256}`, download_count: 1, created_at: time, updated_at: time,
    uploader: user(api, one.repo.split('/')[0]),
  });
  const release = (one) => {
    const at = `${api}/repos/${one.repo}`;
    return {
      url: `${at}/releases/${one.id}`, html_url: `${web}/${one.repo}/releases/tag/${one.tag}`, assets_url: `${at}/releases/${one.id}/assets`,
      upload_url: `${at}/releases/${one.id}/assets{?name,label}`, tarball_url: `${at}/tarball/${one.tag}`, zipball_url: `${at}/zipball/${one.tag}`,
      id: one.id, node_id: `RE_${one.id}`, tag_name: one.tag, target_commitish: 'main', name: one.tag, body: 'notes', draft: false,
      prerelease: one.prerelease, immutable: false, created_at: time, published_at: time, author: user(api, one.repo.split('/')[0]),
      assets: one.assets.map(asset),
    };
  };

  function answerApi(request, response, url) {
    const say = (status, body, more = {}) => {
      const reset = Math.floor(Date.now() / 1000) + 300;
      response.writeHead(status, {
        'content-type': 'application/json; charset=utf-8', 'x-ratelimit-limit': quota, 'x-ratelimit-remaining': Math.max(0, state.left),
        'x-ratelimit-reset': reset, 'x-github-request-id': 'E2E0:1', ...more,
      }).end(JSON.stringify(body));
    };
    const refuse = (status, message) => say(status, { message, documentation_url: 'https://docs.github.com/rest', status: String(status) });
    if (!request.headers['user-agent']) return refuse(403, 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.');
    const given = request.headers.authorization;
    if (given && given !== `Bearer ${token}`) return refuse(401, 'Bad credentials');
    if (--state.left < 0) return refuse(403, 'API rate limit exceeded for 127.0.0.1.');
    const [, repo, rest] = url.pathname.match(/^\/repos\/([^/]+\/[^/]+)\/(releases.*)$/) ?? [];
    if (!repos[repo] || (repos[repo].private && !given)) return refuse(404, 'Not Found');
    const all = releases.filter((one) => one.repo === repo).reverse();
    const [, id] = rest.match(/^releases\/assets\/(\d+)$/) ?? [];
    if (id) {
      const one = objects.get(Number(id));
      if (!one || one.gone) return refuse(404, 'Not Found');
      if (request.headers.accept !== 'application/octet-stream') return say(200, asset(one));
      return response.writeHead(302, { location: link(one) }).end();
    }
    if (rest === 'releases') return say(200, all.map(release));
    const tag = decodeURIComponent(rest.match(/^releases\/tags\/(.+)$/)?.[1] ?? '');
    const found = rest === 'releases/latest' ? all.find((one) => !one.prerelease) : all.find((one) => one.tag === tag);
    return found ? say(200, release(found)) : refuse(404, 'Not Found');
  }

  function answerWeb(request, response, url) {
    const [, repo, tag, name] = url.pathname.match(/^\/([^/]+\/[^/]+)\/releases\/download\/([^/]+)\/([^/]+)$/) ?? [];
    const one = [...objects.values()].find((o) => o.repo === repo && o.tag === decodeURIComponent(tag) && o.name === decodeURIComponent(name));
    if (!one || one.hidden || one.gone) return response.writeHead(404, { 'content-type': 'text/plain' }).end('Not Found');
    return response.writeHead(302, { location: link(one), 'cache-control': 'no-cache' }).end();
  }

  const link = (one) => `${storage}/github-production-release-asset/${one.id}?sp=r&sv=2018-11-09&sr=b&se=${encodeURIComponent(new Date(Date.now() + state.life * 1000).toISOString().slice(0, 19) + 'Z')}&sig=e2e`;

  async function answerStorage(request, response, url) {
    const one = objects.get(Number(url.pathname.split('/').pop()));
    if (request.headers.authorization) return response.writeHead(400).end('two credentials');
    if (!one || url.searchParams.get('sig') !== 'e2e' || Date.parse(url.searchParams.get('se')) < Date.now()) return response.writeHead(403).end();
    const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const [from, to] = asked ? [Number(asked[1]), Math.min(Number(asked[2] || one.size - 1), one.size - 1)] : [0, one.size - 1];
    response.writeHead(asked ? 206 : 200, {
      'content-length': to - from + 1, 'accept-ranges': 'bytes', etag: `"0x${one.id}"`, 'content-type': 'application/octet-stream',
      ...(asked && { 'content-range': `bytes ${from}-${to}/${one.size}` }),
    });
    if (request.method === 'HEAD') return response.end();
    const counted = new Transform({ transform(chunk, _, done) { state.sent += chunk.length; done(null, chunk); } });
    const body = one.disk ? createReadStream(one.disk, { start: from, end: to, highWaterMark: 64 << 10 }) : null;
    if (!body) { state.sent += to - from + 1; return response.end(one.bytes.subarray(from, to + 1)); }
    response.on('close', () => body.destroy());
    return (rate ? body.pipe(throttle(rate)) : body).pipe(counted).pipe(response);
  }

  return {
    api, web, storage, asked, state,
    sent: async () => state.sent,
    release: (repo, tag) => releases.find((one) => one.repo === repo && one.tag === tag),
    file(repo, tag, name) { return this.release(repo, tag).assets.find((one) => one.name === name); },
    env: (more = {}) => ({ HIVE_GITHUB_API: api, ...more }),
    async bytesOf(one) { return one.bytes ?? readFile(one.disk); },
    async stop() {
      for (const { server } of Object.values(servers)) { server.closeAllConnections(); server.close(); }
      await rm(root, { recursive: true, force: true });
    },
  };
}
