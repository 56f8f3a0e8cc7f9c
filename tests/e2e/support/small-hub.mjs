// A Hub written out in Node.js, for servers nginx cannot be: one repository of one commit, every request through
// `answer(request, response)` of the test's own first, which returns true when it has answered.
import { createHash } from 'node:crypto';

export const commit = '1'.repeat(40);

const gitSha1 = (bytes) => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

// files: {path: Buffer}. The handler serves http.createServer and http2's servers alike.
export function smallHub(id, files, answer = () => false) {
  const asked = [];
  const tree = Object.entries(files).map(([path, bytes]) => ({ type: 'file', path, size: bytes.length, oid: gitSha1(bytes) }));
  const handler = (request, response) => {
    const { pathname } = new URL(request.url, 'http://hub');
    asked.push({ path: pathname, version: request.httpVersion });
    if (answer(request, response, pathname)) return;
    const json = (value) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (pathname === `/api/models/${id}/revision/main`) return json({ id, sha: commit });
    if (pathname === `/api/models/${id}/tree/${commit}`) return json(tree);
    const bytes = files[decodeURIComponent(pathname.slice(`/${id}/resolve/${commit}/`.length))];
    if (!bytes) return response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (!range) return response.writeHead(200, { 'content-length': bytes.length, 'x-repo-commit': commit }).end(bytes);
    const [from, to] = [Number(range[1]), Math.min(Number(range[2]), bytes.length - 1)];
    response.writeHead(206, { 'content-length': to - from + 1, 'content-range': `bytes ${from}-${to}/${bytes.length}`, 'x-repo-commit': commit });
    response.end(bytes.subarray(from, to + 1));
  };
  return { handler, asked };
}

export async function listening(t, server, address = '127.0.0.1') {
  await new Promise((resolve, reject) => { server.on('error', reject); server.listen(0, address, resolve); });
  t.after(() => { server.closeAllConnections?.(); server.close(); });
  return server.address().port;
}
