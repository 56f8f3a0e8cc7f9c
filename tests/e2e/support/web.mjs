// A plain web server in Node.js. files: {path: {bytes or size, ranges = true, length = true, head, status, led}}; `head` adds
// headers, `led` is where a redirect leads. rate: bytes a second per connection. host: of this machine.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

// Bytes that differ from place to place, the same for the same seed.
export function content(size, seed = 'web') {
  const block = createHash('sha512').update(seed).digest();
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += block.length) {
    block.copy(bytes, at);
    bytes.writeUInt32LE(at % 2 ** 32, Math.min(at, Math.max(0, size - 4)));
  }
  return bytes;
}
// Until there is room again, or nobody reads any more.
const goesOn = (response) => new Promise((done) => {
  const over = () => { response.off('drain', over); response.off('close', over); done(); };
  response.once('drain', over).once('close', over);
});
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

export async function startWeb(files, { rate = 0, host = '127.0.0.1' } = {}) {
  const web = { asked: [], files, bodies: 0, sent: async () => web.bodies };
  const server = createServer(async (request, response) => {
    const path = request.url.split('?')[0];
    const { range, authorization } = request.headers;
    web.asked.push({ method: request.method, path, range, authorization });
    const one = files[path];
    if (!one || one.status) return response.writeHead(one?.status ?? 404, one?.head).end();
    if (one.led) return response.writeHead(302, { location: one.led, ...one.head }).end();
    const asked = one.ranges === false ? null : /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
    const [from, to] = asked ? [Number(asked[1]), Math.min(Number(asked[2] || one.bytes.length - 1), one.bytes.length - 1)] : [0, one.bytes.length - 1];
    if (asked && one.bytes.length === 0) return response.writeHead(416, { 'content-range': 'bytes */0', ...one.head }).end();
    response.writeHead(asked ? 206 : 200, {
      ...(one.length !== false && { 'content-length': to - from + 1 }), ...one.head,
      ...(asked && { 'content-range': `bytes ${from}-${to}/${one.bytes.length}` }),
    });
    for (let at = from; at <= to && !response.destroyed; at += 64 << 10) {
      const piece = one.bytes.subarray(at, Math.min(at + (64 << 10), to + 1));
      web.bodies += piece.length;
      if (!response.write(piece)) await goesOn(response);
      if (rate) await wait(piece.length / rate * 1000);
    }
    return response.end();
  });
  await new Promise((done) => { server.listen(0, host, done); });
  web.url = (path) => `http://${host}:${server.address().port}${path}`;
  web.stop = async () => { server.closeAllConnections(); server.close(); };
  return web;
}
