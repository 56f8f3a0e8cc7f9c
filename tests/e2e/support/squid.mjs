// A real proxy: squid in the foreground, with user and password, that alone knows where the names ending in .test are.
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { answering, freePort } from './hub.mjs';

export const account = { user: 'worker', password: 'pr0xyS3cret' };
const helper = '/usr/lib/squid/basic_ncsa_auth';

// names: those that lead to 127.0.0.1 for the proxy; open: whether it asks nobody who they are.
export async function startSquid(names, { open = false } = {}) {
  const root = await mkdtemp(join(tmpdir(), 'hive-squid-'));
  await chmod(root, 0o777); // started as root, squid becomes a user of its own
  const port = await freePort();
  const at = (name) => join(root, name);
  const { stdout } = await promisify(execFile)('openssl', ['passwd', '-apr1', account.password]);
  await writeFile(at('users'), `${account.user}:${stdout}`);
  await writeFile(at('hosts'), names.map((name) => `127.0.0.1 ${name}\n`).join(''));
  await writeFile(at('squid.conf'), `
http_port 127.0.0.1:${port}
hosts_file ${at('hosts')}
auth_param basic program ${helper} ${at('users')}
auth_param basic children 1 startup=1
acl known proxy_auth REQUIRED
http_access ${open ? 'allow all' : 'allow known'}
http_access deny all
cache deny all
logformat facts %>Hs\t%rm\t%ru\t%un\t%{Authorization}>h
access_log stdio:${at('access.log')} facts
cache_log ${at('cache.log')}
pid_filename none
coredump_dir ${root}
shutdown_lifetime 0 seconds
`);
  const squid = spawn('squid', ['-N', '-n', `hive${port}`, '-f', at('squid.conf')], { stdio: 'ignore' });
  await answering(port);
  return {
    address: `127.0.0.1:${port}`,
    // Lines of [status, method, URL, user, authorization]
    log: async () => (await readFile(at('access.log'), 'utf8')).split('\n').filter(Boolean).map((l) => l.split('\t')),
    stop: async () => {
      const gone = new Promise((resolve) => squid.on('exit', resolve));
      squid.kill('SIGTERM'); // it has shared memory to remove
      await gone;
      await rm(root, { recursive: true, force: true });
    },
  };
}
