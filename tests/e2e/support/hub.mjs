// A Hub run by nginx: API replies as files, small files by relative 307, large ones by 302 to a second
// host name and port (the CDN) with signed-looking links and the X-Linked-* headers; one gated repository.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { writeContent, writeZeros } from './content.mjs';

export const token = 'hf_e2eSecretTokenOfTheTests0000';
const largeFrom = 1 << 20;

export async function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
    probe.on('error', reject);
  });
}

export async function answering(port, address = '127.0.0.1') {
  for (let left = 200; left > 0; left--) {
    const up = await new Promise((resolve) => {
      const socket = connect(port, address, () => { socket.destroy(); resolve(true); });
      socket.on('error', () => resolve(false));
    });
    if (up) return;
    await wait(25);
  }
  throw new Error(`nothing answers on port ${port}`);
}

const commitOf = (repo) => createHash('sha1').update(repo.id + JSON.stringify(repo.files)).digest('hex');

// repos: [{id, kind = 'models', sdk (of a Space), gated (true, or 'files': only these are refused), files: {path: size or {zeros: size, sha256}}, rate, cdnHost}] (rate: nginx limit_rate per connection)
// tls: {certificate, key, more} (`more`: nginx directives of both servers); cdnTls: false for a CDN that speaks
// plain http; host and cdnHost: the names in URLs; address: what both listen on. http, cdnMore, guard: nginx
// directives of the whole, of the CDN, and what its links must pass.
export async function startHub(repos, { tls, cdnTls = tls, host = '127.0.0.1', cdnHost = 'localhost', address = '127.0.0.1', http = '', cdnMore = '', guard = 'if ($arg_Signature != e2e) { return 403; }' } = {}) {
  const root = await mkdtemp(join(tmpdir(), 'hive-hub-'));
  const [hubPort, cdnPort] = [await freePort(), await freePort()];
  const endpoint = `${tls ? 'https' : 'http'}://${host}:${hubPort}`;
  const cdnAt = (name) => `${cdnTls ? 'https' : 'http'}://${name}:${cdnPort}`;
  const cdn = cdnAt(cdnHost);
  const places = [];
  const facts = {};
  for (const repo of repos) {
    const kind = repo.kind ?? 'models';
    const prefix = kind === 'models' ? '' : `${kind}/`;
    const commit = commitOf(repo);
    const entries = [];
    const files = {};
    for (const [path, wanted] of Object.entries(repo.files)) {
      const size = wanted.zeros ?? wanted;
      const disk = join(root, 'data', kind, repo.id, path);
      const made = wanted.zeros ? await writeZeros(disk, wanted) : await writeContent(disk, size, `${repo.id}/${path}`);
      files[path] = { ...made, disk };
      const large = size >= largeFrom;
      const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${made.sha256}\nsize ${size}\n`;
      entries.push({
        type: 'file', path, size,
        oid: large ? createHash('sha1').update(`blob ${pointer.length}\0${pointer}`).digest('hex') : made.gitSha1,
        ...(large && { lfs: { oid: made.sha256, size, pointerSize: pointer.length }, xetHash: '[redacted]' }),
      });
      const at = `/${prefix}${repo.id}/resolve/${commit}/${path}`;
      const guard = repo.gated ? gate(repo) : '';
      places.push(large
        ? `location = "${at}" { ${guard}
             add_header X-Repo-Commit ${commit} always; add_header X-Linked-Size ${size} always;
             add_header X-Linked-ETag '"${made.sha256}"' always; add_header Accept-Ranges bytes always;
             return 302 ${cdnAt(repo.cdnHost ?? cdnHost)}/xet/${kind}/${repo.id}/${encodeURI(path)}?Expires=4102444800&Signature=e2e; }`
        : `location = "${at}" { ${guard}
             add_header X-Repo-Commit ${commit} always; add_header ETag '"${made.gitSha1}"' always;
             return 307 /api/resolve-cache/${kind}/${repo.id}/${commit}/${encodeURI(path)}?etag=%22${made.gitSha1}%22; }
           location = "/api/resolve-cache/${kind}/${repo.id}/${commit}/${path}" {
             if ($arg_etag = "") { return 404; } add_header X-Repo-Commit ${commit}; alias "${disk}"; }`);
    }
    facts[repo.id] = { commit, files };
    await apiReplies(root, places, { ...repo, kind, commit, entries });
  }
  await writeFile(join(root, 'nginx.conf'), config({
    root, endpoint, places, http, cdnMore, guard, rate: repos.find((r) => r.rate)?.rate,
    hub: listening(address, hubPort, tls), cdn: listening(address, cdnPort, cdnTls),
  }));
  const nginx = spawn('nginx', ['-p', root, '-c', 'nginx.conf', '-e', 'stderr'], { stdio: ['ignore', 'inherit', 'inherit'] });
  const bare = address.replace(/^\[|\]$/g, '');
  await Promise.all([answering(hubPort, bare), answering(cdnPort, bare)]);
  return {
    endpoint, cdn, root, repos: facts,
    // Lines of [hub|cdn, status, method, uri, bytes, range, authorization, TLS version]
    log: async () => (await readFile(join(root, 'access.log'), 'utf8')).split('\n').filter(Boolean).map((l) => l.split('\t')),
    stop: async () => {
      const gone = new Promise((resolve) => nginx.on('exit', resolve));
      nginx.kill('SIGTERM');
      await gone;
      await rm(root, { recursive: true, force: true });
    },
  };
}

const gate = (repo) => `if ($known = 0) { add_header X-Error-Code GatedRepo always;
  add_header X-Error-Message "Access to model ${repo.id} is restricted" always; return 401; }`;

async function apiReplies(root, places, { id, kind, sdk, commit, entries, gated }) {
  const at = join(root, 'api', kind, id);
  await mkdir(at, { recursive: true });
  const info = { id, ...(sdk && { sdk }), sha: commit, private: false, gated: gated ? 'auto' : false, siblings: entries.map((e) => ({ rfilename: e.path })) };
  await writeFile(join(at, 'revision.json'), JSON.stringify(info));
  const half = Math.ceil(entries.length / 2);
  await writeFile(join(at, 'tree-.json'), JSON.stringify(entries.slice(0, half)));
  await writeFile(join(at, 'tree-2.json'), JSON.stringify(entries.slice(half)));
  const api = `/api/${kind}/${id}`;
  const guard = gated === true ? gate({ id }) : '';
  places.push(
    `location = ${api}/revision/main { ${guard} default_type application/json; alias ${at}/revision.json; }`,
    `location = ${api}/revision/${commit} { ${guard} default_type application/json; alias ${at}/revision.json; }`,
    `location = ${api}/tree/${commit} { ${guard} default_type application/json; add_header Link $next_page;
       alias ${at}/tree-$arg_cursor.json; }`,
    `location ${api}/ { default_type application/json; add_header X-Error-Code RevisionNotFound always; return 404 '{"error":"Invalid rev id"}'; }`);
}

const listening = (address, port, tls) => (tls
  ? `listen ${address}:${port} ssl; ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key}; ${tls.more ?? ''}`
  : `listen ${address}:${port};`);

function config({ root, endpoint, places, http, cdnMore, guard, rate, hub, cdn }) {
  // As root nginx would drop to a user that cannot read the temporary folder.
  return `${process.getuid() === 0 ? "user root; " : ""}daemon off; worker_processes 2; pid ${root}/nginx.pid; events { worker_connections 2048; }
http {
  log_format facts '$server_name\t$status\t$request_method\t$request_uri\t$body_bytes_sent\t$http_range\t$http_authorization\t$ssl_protocol';
  access_log ${root}/access.log facts;
  client_body_temp_path ${root}/t1; proxy_temp_path ${root}/t2; fastcgi_temp_path ${root}/t3; uwsgi_temp_path ${root}/t4; scgi_temp_path ${root}/t5;
  default_type application/octet-stream; etag off; absolute_redirect off; sendfile on; keepalive_requests 100000;
  ${http}
  map $http_authorization $known { default 0; "Bearer ${token}" 1; }
  map $arg_cursor $next_page { default ""; "" '<${endpoint}$uri?recursive=true&cursor=2>; rel="next"'; }
  server { server_name hub; ${hub}
    ${places.join('\n    ')}
    location / { default_type application/json; add_header X-Error-Code RepoNotFound always; return 401 '{"error":"Repository not found"}'; }
  }
  server { server_name cdn; ${cdn} ${rate ? `limit_rate ${rate};` : ''} ${cdnMore}
    location /xet/ {
      ${guard}
      if ($http_authorization != "") { return 400; }
      add_header ETag '"not-the-digest"';
      alias ${root}/data/;
    }
  }
}
`;
}

export async function reply(url, options) {
  const got = await fetch(url, options);
  const text = await got.text();
  return { status: got.status, headers: got.headers, text, json: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : null };
}

