// A terminal for programs that draw: a tmux server of its own, keys in, screen out.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

// Runs `command` (for sh) in `columns` by `rows`; `env`: all of its environment but TERM, which is tmux's.
export function terminal(t, command, { columns = 80, rows = 24, env = {} } = {}) {
  const socket = `hive-${randomBytes(6).toString('hex')}`;
  const tmux = (...args) => execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
  const settings = Object.entries(env).flatMap(([name, value]) => [`${name}=${value}`]);
  execFileSync('tmux', ['-L', socket, '-f', '/dev/null', '-u', 'new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, 'env', '-i', 'TERM=screen-256color', ...settings, 'sh', '-c', command]);
  tmux('set-option', '-g', 'remain-on-exit', 'on');
  t.after(() => { try { tmux('kill-server'); } catch { /* gone */ } });
  const self = {
    keys: (...keys) => tmux('send-keys', ...keys),
    screen: () => tmux('capture-pane', '-p'),
    resize: (x, y) => tmux('resize-window', '-x', `${x}`, '-y', `${y}`),
    // A format of tmux, for example #{cursor_flag}.
    tell: (format) => tmux('display-message', '-p', format).trim(),
    // The screen once it matches.
    async until(pattern, seconds = 30) {
      for (let left = seconds * 20; left > 0; left--) {
        const now = self.screen();
        if (typeof pattern === 'function' ? pattern(now) : pattern.test(now)) return now;
        await wait(50);
      }
      throw new Error(`the screen never showed ${pattern}:\n${self.screen()}`);
    },
  };
  return self;
}
