// A node to look into.
import { setTimeout as wait } from 'node:timers/promises';
import { call } from './api.mjs';
import { serve, temporary } from './hive.mjs';

export async function home(t) {
  const made = await temporary();
  t.after(made.remove);
  return made.path;
}
export async function running(t, env) {
  const where = await home(t);
  const node = await serve(where, { env });
  t.after(() => node.kill());
  return { where, node };
}
export const actors = async (url, query) => (await call(url, 'GET', `/v1/actors?${query}`)).json.actors;

// Until `ask()` yields something.
export async function eventually(what, ask, seconds = 60) {
  for (let left = seconds * 5; left > 0; left--) {
    const got = await ask();
    if (got) return got;
    await wait(200);
  }
  throw new Error(`never: ${what}`);
}
