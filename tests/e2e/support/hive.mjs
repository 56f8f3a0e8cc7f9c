// Runs the hive binary as a user would.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const binary = process.env.HIVE_BINARY ?? join(top, 'build/dev/hive');

// By home.
const serving = new Map();

export async function temporary(name = 'home') {
  const path = await mkdtemp(join(tmpdir(), `hive-${name}-`));
  return { path, remove: async () => {
    // A node that still runs there would write into what is being removed.
    await Promise.all((serving.get(path) ?? []).map((node) => node.kill()));
    await rm(path, { recursive: true, force: true });
  } };
}

// Nothing of the caller's environment decides what hive does. Nothing is said on the machine's own networks.
export function environment(home, more = {}) {
  return { PATH: process.env.PATH, HOME: home, HIVE_HOME: home, HIVE_MDNS: 'off', ...more };
}

// Runs to the end: {code, signal, out, err, ms}.
// `user`: a uid, for those who may not read everything as root does. `where`: a command that runs another (ip netns exec …).
export function hive(home, args, { env = {}, input, timeout = 120_000, onStart, user, where = [] } = {}) {
  return new Promise((done, failed) => {
    const began = performance.now();
    const who = user === undefined ? {} : { uid: user, gid: user };
    const [command, ...rest] = [...where, binary, ...args];
    const child = spawn(command, rest, { env: environment(home, env), stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'], ...who });
    let [out, err] = ['', ''];
    child.stdout.on('data', (d) => { out += d; });
    child.stderr.on('data', (d) => { err += d; });
    if (input !== undefined) child.stdin.end(input);
    const limit = setTimeout(() => child.kill('SIGKILL'), timeout);
    child.on('error', failed);
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      done({ code, signal, out, err, ms: performance.now() - began });
    });
    onStart?.(child);
  });
}

// Starts `hive serve` on a free port and waits until it is ready.
export async function serve(home, { env = {}, listen = '127.0.0.1:0', args = [], where = [] } = {}) {
  const [command, ...rest] = [...where, binary, 'serve', '--listen', listen, ...args];
  const child = spawn(command, rest, { env: environment(home, env), stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const gone = new Promise((done) => child.on('exit', (code, signal) => done({ code, signal })));
  const url = await new Promise((done, failed) => {
    const look = (d) => {
      said += d;
      // Jobs of before may be told earlier, and their references are addresses too.
      const found = said.match(/^hive \S+ is ready at (http:\/\/[\d.]+:\d+)/m);
      if (found) done(found[1].replace('0.0.0.0', '127.0.0.1'));
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    gone.then((how) => failed(new Error(`hive serve ended at once: ${JSON.stringify(how)}\n${said}`)));
  });
  const node = {
    url, pid: child.pid, gone,
    said: () => said,
    kill: (signal = 'SIGKILL') => { child.kill(signal); return gone; },
    stop: () => { child.kill('SIGTERM'); return gone; },
  };
  serving.set(home, [...(serving.get(home) ?? []), node]);
  return node;
}
