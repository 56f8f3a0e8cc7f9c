// A Hub whose files come slowly and never end: repositories acme/slow-N, each of one large file, sent from thirty-two
// addresses of this machine (so that a thousand are not too many for one origin); of those in `stalled` nothing comes
// but the first byte.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { listening } from './small-hub.mjs';

const size = (1 << 20) + 4096; // one piece: one connection
const commit = '2'.repeat(40);
const every = 500;
const chunk = Buffer.alloc(2048, 7);
const sha256 = (name) => createHash('sha256').update(name).digest('hex');

export async function tricklingHub(t, stalled) {
  const open = new Set();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://hub');
    const json = (value) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const [, id, rest] = pathname.match(/^\/api\/models\/(acme\/slow-\d+)\/(.+)$/) ?? [];
    if (rest === 'revision/main') return json({ id, sha: commit });
    if (rest === `tree/${commit}`) return json([{ type: 'file', path: 'model.bin', size, oid: '3'.repeat(40), lfs: { oid: sha256(id), size, pointerSize: 134 } }]);
    const [, name, number] = pathname.match(/^\/(acme\/slow-(\d+))\/resolve\//) ?? [];
    if (name) {
      return response.writeHead(302, {
        location: `http://127.0.0.${2 + (number % 32)}:${port}/data/${name}`,
        'x-repo-commit': commit, 'x-linked-size': size, 'x-linked-etag': `"${sha256(name)}"`,
      }).end();
    }
    const data = pathname.match(/^\/data\/(acme\/slow-\d+)$/)?.[1];
    if (!data) return response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const [from, to] = range ? [Number(range[1]), Number(range[2] || size - 1)] : [0, size - 1];
    const head = { 'content-length': to - from + 1, etag: `"${sha256(data)}"`, 'accept-ranges': 'bytes' };
    response.writeHead(range ? 206 : 200, range ? { ...head, 'content-range': `bytes ${from}-${to}/${size}` } : head);
    response.write(chunk.subarray(0, 1));
    if (stalled.has(data)) return undefined;
    const one = { response, left: to - from };
    open.add(one);
    response.on('close', () => open.delete(one));
    return undefined;
  });
  const timer = setInterval(() => {
    for (const one of open) {
      // The last bytes never come.
      if (one.left <= 2 * chunk.length) continue;
      one.left -= chunk.length;
      one.response.write(chunk);
    }
  }, every);
  t.after(() => clearInterval(timer));
  const port = await listening(t, server, '0.0.0.0');
  return { endpoint: `http://127.0.0.1:${port}`, sha256 };
}
