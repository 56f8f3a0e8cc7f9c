// A Hub of one repository whose branch main can be moved: `move(files)` is a push, old commits stay.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { listening } from './small-hub.mjs';

const gitSha1 = (bytes) => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const largeFrom = 100_000;

const entry = ([path, bytes]) => (bytes.length < largeFrom
  ? { type: 'file', path, size: bytes.length, oid: gitSha1(bytes) }
  : { type: 'file', path, size: bytes.length, oid: gitSha1(Buffer.from(sha256(bytes))), lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 134 } });

export async function movingHub(t, id, files) {
  const commits = new Map();
  const hub = { asked: [], commit: '' };
  hub.move = (now) => {
    hub.commit = createHash('sha1').update(JSON.stringify(Object.entries(now).map(entry))).digest('hex');
    commits.set(hub.commit, now);
    return hub.commit;
  };
  // Paths of files (not of the API) that were asked for since the last call.
  hub.fetched = () => [...new Set(hub.asked.splice(0).filter((p) => p.includes('/resolve/')).map((p) => p.split('/').slice(5).join('/')))].sort();
  hub.move(files);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://hub');
    hub.asked.push(pathname);
    const json = (value) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const [, commit, path] = pathname.match(new RegExp(`^/${id}/resolve/([0-9a-f]{40})/(.+)$`)) ?? [];
    if (pathname === `/api/models/${id}/revision/main`) return json({ id, sha: hub.commit });
    const tree = pathname.match(new RegExp(`^/api/models/${id}/tree/([0-9a-f]{40})$`));
    if (tree && commits.has(tree[1])) return json(Object.entries(commits.get(tree[1])).map(entry));
    const bytes = commits.get(commit)?.[decodeURIComponent(path ?? '')];
    if (!bytes) return response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
    const head = { 'x-repo-commit': commit, 'accept-ranges': 'bytes' };
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (!range) return response.writeHead(200, { ...head, 'content-length': bytes.length }).end(bytes);
    const [from, to] = [Number(range[1]), Math.min(Number(range[2] || bytes.length - 1), bytes.length - 1)];
    response.writeHead(206, { ...head, 'content-length': to - from + 1, 'content-range': `bytes ${from}-${to}/${bytes.length}` });
    return response.end(bytes.subarray(from, to + 1));
  });
  hub.endpoint = `http://127.0.0.1:${await listening(t, server)}`;
  return hub;
}
