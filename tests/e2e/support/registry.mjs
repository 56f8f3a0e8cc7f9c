// Debian's docker-registry, filled over its own API (what no tool makes, or makes any more) and by skopeo, and a token server of our own in front of it.
import { execFile, spawn } from 'node:child_process';
import { createHash, createPrivateKey, createSign, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeAuthority } from './certificates.mjs';
import { answering, freePort } from './hub.mjs';

export const sha256 = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export const types = {
  docker: 'application/vnd.docker.distribution.manifest.v2+json',
  oci: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.docker.container.image.v1+json',
  ollama: (role) => `application/vnd.ollama.image.${role}`,
};

const registryLeeway = 60; // seconds docker-registry takes a token after its end

// tokens: whether one is needed. life: seconds until the registry refuses a token; told: what `expires_in` says.
// users: {name: password}; `open`: repositories that need no login.
export async function startRegistry({ tokens = false, life = 300, told = life, users = {}, open = [] } = {}) {
  const root = await mkdtemp(join(tmpdir(), 'hive-registry-'));
  const port = await freePort();
  const server = tokens ? await tokenServer({ life, told, users, open }) : null;
  await writeFile(join(root, 'config.yml'), `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${root}/data }, delete: { enabled: true } }
http: { addr: "127.0.0.1:${port}", secret: e2e }
${server ? `auth: { token: { realm: "${server.url}/token", service: e2e, issuer: e2e, rootcertbundle: ${server.bundle} } }` : ''}
`);
  const child = spawn('docker-registry', ['serve', join(root, 'config.yml')], { stdio: 'ignore' });
  await answering(port);
  const host = `127.0.0.1:${port}`;
  const send = async (method, path, body, headers = {}) => {
    const key = server ? { authorization: `Bearer ${server.issue(path.match(/^\/v2\/(.+)\/(?:blobs|manifests)\//)[1], ['pull', 'push', 'delete'], 600)}` } : {};
    const url = path.startsWith('http') ? path : `http://${host}${path}`;
    const got = await fetch(url, { method, body, headers: { ...key, ...headers } });
    if (!got.ok) throw new Error(`${method} ${path}: ${got.status} ${await got.text()}`);
    return got;
  };
  const putBlob = async (name, bytes) => {
    const begun = await send('POST', `/v2/${name}/blobs/uploads/`);
    const at = new URL(begun.headers.get('location'), `http://${host}`);
    at.searchParams.set('digest', sha256(bytes));
    await send('PUT', at.pathname + at.search, bytes, { 'content-type': 'application/octet-stream' });
    return { digest: sha256(bytes), size: bytes.length };
  };
  const putManifest = async (name, tag, manifest, type = manifest.mediaType) => {
    const bytes = Buffer.from(JSON.stringify(manifest));
    await send('PUT', `/v2/${name}/manifests/${tag}`, bytes, { 'content-type': type });
    return { digest: sha256(bytes), size: bytes.length, bytes };
  };
  return {
    host, server, putBlob, putManifest,
    // layers: [[media type, bytes, annotations]]
    push: async (name, tag, layers, { type = types.docker, config = Buffer.from('{}') } = {}) => {
      const described = [];
      for (const [mediaType, bytes, annotations] of layers)
        described.push({ mediaType, ...await putBlob(name, bytes), ...(annotations && { annotations }) });
      const manifest = { schemaVersion: 2, mediaType: type, config: { mediaType: types.config, ...await putBlob(name, config) }, layers: described };
      return putManifest(name, tag, manifest);
    },
    // The same in OCI's shape, laid out on the disk and pushed by skopeo.
    copy: async (name, tag, layers, { artifactType, config = Buffer.from('{}') } = {}) => {
      const layout = await mkdtemp(join(root, 'layout-'));
      await mkdir(join(layout, 'blobs/sha256'), { recursive: true });
      const keep = async (bytes) => {
        const digest = sha256(bytes);
        await writeFile(join(layout, 'blobs/sha256', digest.slice(7)), bytes);
        return { digest, size: bytes.length };
      };
      const described = [];
      for (const [mediaType, bytes, annotations] of layers)
        described.push({ mediaType, ...await keep(bytes), ...(annotations && { annotations }) });
      const bytes = Buffer.from(JSON.stringify({
        schemaVersion: 2, mediaType: types.oci, ...(artifactType && { artifactType }), config: { mediaType: types.config, ...await keep(config) }, layers: described,
      }));
      const manifest = { mediaType: types.oci, ...await keep(bytes), annotations: { 'org.opencontainers.image.ref.name': tag } };
      await writeFile(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
      await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
      await promisify(execFile)('skopeo', ['copy', '--quiet', '--preserve-digests', '--insecure-policy', '--dest-tls-verify=false', `oci:${layout}:${tag}`, `docker://${host}/${name}:${tag}`]);
      return { digest: manifest.digest, size: manifest.size, bytes };
    },
    removeBlob: (name, digest) => send('DELETE', `/v2/${name}/blobs/${digest}`),
    stop: async () => {
      const gone = new Promise((done) => child.on('exit', done));
      child.kill('SIGTERM');
      await gone;
      await server?.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

// Issues what docker-registry takes: JSON web tokens with the certificate of their key.
async function tokenServer({ life, told, users, open }) {
  const authority = await makeAuthority();
  const pair = await authority.issue('server');
  const key = createPrivateKey(await readFile(pair.key));
  const der = (await readFile(pair.certificate, 'utf8')).match(/-----BEGIN CERTIFICATE-----([^-]+)-----END/)[1].replace(/\s/g, '');
  const ec = key.asymmetricKeyType === 'ec';
  const issue = (name, actions, seconds) => {
    const now = Math.floor(Date.now() / 1000);
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const access = actions.length ? [{ type: 'repository', name, actions }] : [];
    const text = `${part({ typ: 'JWT', alg: ec ? 'ES256' : 'RS256', x5c: [der] })}.${part({
      iss: 'e2e', aud: 'e2e', sub: 'e2e', jti: randomUUID(), nbf: now - 600, iat: now - 600, exp: now + seconds - registryLeeway, access,
    })}`;
    const signature = createSign('sha256').update(text).sign(ec ? { key, dsaEncoding: 'ieee-p1363' } : key).toString('base64url');
    return `${text}.${signature}`;
  };
  const state = { life, told, asked: [], issued: [], answer: null };
  const http = createServer((request, response) => {
    const at = new URL(request.url, 'http://token');
    const login = /^Basic (.+)$/.exec(request.headers.authorization ?? '');
    const [user, password] = login ? Buffer.from(login[1], 'base64').toString().split(':') : [];
    state.asked.push({ path: request.url, authorization: request.headers.authorization, user });
    if (state.answer?.(request, response)) return;
    const known = login && users[user] === password;
    if (login && !known) return response.writeHead(401, { 'content-type': 'application/json' }).end('{"errors":[{"code":"UNAUTHORIZED","message":"wrong password"}]}');
    const [, name] = /^repository:(.+):[^:]+$/.exec(at.searchParams.get('scope') ?? '') ?? [];
    if (!known && !open.includes(name)) return response.writeHead(401, { 'content-type': 'application/json' }).end('{"errors":[{"code":"UNAUTHORIZED","message":"log in first"}]}');
    const token = issue(name, ['pull'], state.life);
    state.issued.push(token);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token, ...(state.told && { expires_in: state.told }) }));
  });
  await new Promise((done) => http.listen(0, '127.0.0.1', done));
  return {
    ...state, state, issue, bundle: authority.file, url: `http://127.0.0.1:${http.address().port}`, host: `127.0.0.1:${http.address().port}`,
    stop: async () => { http.closeAllConnections(); http.close(); await authority.remove(); },
  };
}

// A docker config.json with these logins: {host: 'user:password'}.
export async function writeLogins(file, logins) {
  const auths = Object.fromEntries(Object.entries(logins).map(([host, text]) => [host, { auth: Buffer.from(text).toString('base64') }]));
  await writeFile(file, JSON.stringify({ auths }));
  return file;
}
