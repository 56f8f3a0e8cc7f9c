// Random commands to a node, compared with what a simple model of its jobs allows. The model knows of each
// job one of: 'live' (any state that has not ended, but not paused, or an end of its own making), 'paused',
// 'cancelling' (accepted, not yet seen ended), 'unsure' (any of these: its node ended while it was 'cancelling'), or the end
// that was seen.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { call, events } from './api.mjs';
import { serve, temporary } from './hive.mjs';
import { startHub } from './hub.mjs';

export const ended = new Set(['succeeded', 'failed', 'cancelled']);

// A seeded generator, so that a failure can be had again.
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

class QueueModel {
  constructor({ home, refs, seed, env }) {
    Object.assign(this, { home, refs, env, jobs: new Map(), keys: new Map(), counts: {}, told: [] });
    this.next = random(seed);
  }

  pick(list) { return list[Math.floor(this.next() * list.length)]; }
  some(...expectations) { return this.pick([...this.jobs.keys()].filter((id) => !expectations.length || expectations.includes(this.jobs.get(id).expect))); }

  async start() {
    this.node = await serve(this.home, { env: this.env });
    this.idle ??= { actors: await this.actors(), files: readdirSync(`/proc/${this.node.pid}/fd`).length };
  }
  async actors() { return (await call(this.node.url, 'GET', '/v1/node')).json.actors; }

  async command(method, path, body, allowed, headers) {
    const got = await call(this.node.url, method, path, body, headers);
    this.told.push(`${method} ${path} ${JSON.stringify(body ?? '')} → ${got.status}`);
    assert.ok(allowed.includes(got.status), `${this.told.at(-1)}: ${got.text}`);
    return got;
  }

  // One job as the node shows it must be one the model allows; what it shows may be the news of an end.
  see(shown) {
    const known = this.jobs.get(shown.id);
    const { expect } = known;
    const say = `job ${shown.id} (${shown.ref}) is ${shown.state}, the model says ${expect}`;
    if (ended.has(expect) || expect === 'paused') assert.equal(shown.state, expect, say);
    else if (expect === 'live') assert.ok(shown.state !== 'paused' && shown.state !== 'cancelled', say);
    if (expect === 'cancelling') assert.notEqual(shown.state, 'paused', say);
    if (ended.has(shown.state)) known.expect = shown.state;
    else if (expect === 'unsure') known.expect = shown.state === 'paused' ? 'paused' : 'live';
    if (shown.state === 'succeeded') assert.ok(shown.artifact && !known.ref.includes('missing'), say);
    if (shown.state === 'failed') assert.ok(known.ref.includes('missing'), `${say}: ${JSON.stringify(shown.error)}`);
  }

  async look(id) {
    this.see((await this.command('GET', `/v1/jobs/${id}`, undefined, [200])).json);
    return this.jobs.get(id);
  }

  // No job is lost, and those in line have the places 1 … n in order of priority.
  async lookAtAll() {
    const all = [];
    for (let cursor = ''; cursor !== null;) {
      const page = (await this.command('GET', `/v1/jobs?limit=1000&cursor=${cursor}`, undefined, [200])).json;
      all.push(...page.jobs);
      cursor = page.next_cursor;
    }
    const seen = new Map(all.map((job) => [job.id, job]));
    for (const id of this.jobs.keys()) assert.ok(seen.has(id), `job ${id} is lost`);
    for (const job of all) this.see(job);
    const line = all.filter((job) => job.state === 'queued' && job.position !== null).sort((a, b) => a.position - b.position);
    line.forEach((job, i) => {
      assert.equal(job.position, i + 1, 'places in line have no gaps');
      if (i > 0) assert.ok(line[i - 1].priority >= job.priority, 'priority goes first');
    });
    return all;
  }

  acts = {
    create: [24, async () => {
      const ref = this.pick(this.refs);
      const key = this.next() < 0.2 ? `key-${Math.floor(this.next() * 20)}` : undefined;
      const priority = Math.floor(this.next() * 3) - 1;
      const known = key && this.keys.get(key);
      const allowed = known ? [known.ref === ref ? 202 : 409] : [202];
      const { status, json } = await this.command('POST', '/v1/jobs', { kind: 'pull', ref, priority }, allowed, key ? { 'Idempotency-Key': key } : {});
      if (known && status === 202) assert.equal(json.id, known.id, 'the same key is the same job');
      if (known) return;
      this.jobs.set(json.id, { ref, expect: 'live' });
      if (key) this.keys.set(key, { ref, id: json.id });
    }],
    cancel: [10, async (id = this.some()) => {
      const before = id && (await this.look(id)).expect;
      if (!id) return;
      const over = before === 'succeeded' || before === 'failed';
      const { status } = await this.command('POST', `/v1/jobs/${id}/cancel`, { purge: this.next() < 0.5 }, over ? [409] : before === 'paused' || ended.has(before) ? [202] : [202, 409]);
      if (status === 202 && !ended.has(before)) this.jobs.get(id).expect = 'cancelling';
    }],
    pause: [14, async (id = this.some()) => this.steer(id, 'pause', 'paused')],
    resume: [14, async (id = this.some('paused') ?? this.some()) => this.steer(id, 'resume', 'live')],
    retry: [8, async (id = this.some('failed', 'cancelled') ?? this.some()) => {
      const before = id && (await this.look(id)).expect;
      if (!id) return;
      const can = before === 'failed' || before === 'cancelled';
      const { status } = await this.command('POST', `/v1/jobs/${id}/retry`, undefined, can ? [200] : ended.has(before) || before === 'paused' ? [409] : [200, 409]);
      if (status === 200) this.jobs.get(id).expect = 'live';
    }],
    move: [10, async (id = this.some('live')) => {
      if (!id) return;
      const position = 1 + Math.floor(this.next() * 20);
      const { status, json } = await this.command('PATCH', `/v1/jobs/${id}`, { position }, [200, 409]);
      if (status === 200 && json.position !== null) assert.ok(json.position <= position, `sent to ${position}, came to ${json.position}`);
    }],
    weigh: [5, async (id = this.some('live', 'paused')) => id && this.command('PATCH', `/v1/jobs/${id}`, { priority: Math.floor(this.next() * 5) - 2 }, [200, 409])],
    slots: [2, async () => this.command('PATCH', '/v1/limits', { max_jobs: 1 + Math.floor(this.next() * 4) }, [200])],
    list: [10, async () => this.lookAtAll()],
    cancelAll: [0.7, async () => {
      await this.command('POST', '/v1/jobs/cancel', { purge: this.next() < 0.5 }, [202]);
      for (const job of this.jobs.values()) if (!ended.has(job.expect)) job.expect = 'cancelling';
    }],
    kill: [1.5, async () => {
      await this.node.kill();
      for (const job of this.jobs.values()) if (job.expect === 'cancelling') job.expect = 'unsure';
      await this.start();
      await this.lookAtAll();
    }],
    restart: [0.7, async () => {
      const { code } = await this.node.stop();
      assert.equal(code, 0, 'SIGTERM ends it well');
      for (const job of this.jobs.values()) if (job.expect === 'cancelling') job.expect = 'unsure';
      await this.start();
      await this.lookAtAll();
    }],
  };

  async steer(id, order, state) {
    const before = id && (await this.look(id)).expect;
    if (!id) return;
    const { status, json } = await this.command('POST', `/v1/jobs/${id}/${order}`, undefined, ended.has(before) ? [409] : before === 'paused' ? [200] : [200, 409]);
    if (status === 409) return;
    if (before === 'cancelling') { this.see(json); return; }
    if (ended.has(json.state)) this.jobs.get(id).expect = json.state;
    else this.jobs.get(id).expect = state === 'live' && before !== 'paused' ? before : state;
  }

  async run(steps) {
    await this.start();
    const acts = Object.entries(this.acts);
    const all = acts.reduce((sum, [, [weight]]) => sum + weight, 0);
    for (let step = 0; step < steps; step++) {
      let at = this.next() * all;
      const [name, [, act]] = acts.find(([, [weight]]) => (at -= weight) < 0);
      this.counts[name] = (this.counts[name] ?? 0) + 1;
      try { await act(); } catch (why) {
        why.message += `\nin step ${step} (${name}) after\n${this.told.slice(-25).join('\n')}\n${this.node.said().slice(-3000)}`;
        throw why;
      }
    }
  }

  // Everything ends, every job once, and nothing is left over.
  async end() {
    await call(this.node.url, 'POST', '/v1/jobs/cancel', { purge: true });
    let open = [];
    for (let left = 600; left > 0; left--) {
      open = (await this.lookAtAllLoosely()).filter((job) => !ended.has(job.state));
      if (open.length === 0) break;
      await wait(50);
    }
    assert.deepEqual(open.map((job) => `${job.id} ${job.state} ${job.cause}`), [], 'every job has ended');
    for (const id of [...this.jobs.keys()].slice(-60)) {
      const told = await events(this.node.url, `/v1/jobs/${id}/events`);
      assert.equal(told.filter((e) => e.event === 'end').length, 1, `job ${id} ends once`);
      assert.equal(told.at(-1).event, 'end');
    }
    let now;
    for (let left = 100; left > 0; left--) {
      now = (await call(this.node.url, 'GET', '/v1/node')).json;
      if (now.actors <= this.idle.actors && now.lanes === 0) break;
      await wait(50);
    }
    assert.equal(now.actors, this.idle.actors, 'no actor is left over');
    assert.deepEqual([now.lanes, now.transfers, now.disk_promised], [0, 0, 0], 'no lane, transfer or reservation is left over');
    const files = readdirSync(`/proc/${this.node.pid}/fd`).length;
    assert.ok(files <= this.idle.files + 24, `${files} files and sockets are open, ${this.idle.files} were before the first job`);
    assert.equal((await this.node.stop()).code, 0);
  }

  async lookAtAllLoosely() {
    for (const job of this.jobs.values()) if (!ended.has(job.expect)) job.expect = 'unsure';
    return this.lookAtAll();
  }
}

// A node with ten models, half of them slow, one that is missing, and three slots.
export async function compareWithModel(t, steps) {
  const seed = Number(process.env.HIVE_SEED ?? Date.now() % 100_000);
  t.diagnostic(`HIVE_SEED=${seed}`);
  const slow = Array.from({ length: 5 }, (_, i) => ({ id: `acme/slow${i}`, rate: '256k', files: { 'config.json': 900, 'model.gguf': 4 << 20 } }));
  const quick = Array.from({ length: 5 }, (_, i) => ({ id: `acme/quick${i}`, files: { 'config.json': 900, 'model.gguf': 2 << 20 } }));
  const hub = await startHub([...slow, ...quick]);
  const home = await temporary();
  const refs = [...slow, ...quick].map((repo) => `hf:${repo.id}`).concat('hf:acme/missing');
  const model = new QueueModel({ home: home.path, refs, seed, env: { HF_ENDPOINT: hub.endpoint, HIVE_MAX_JOBS: '3' } });
  t.after(async () => { model.node?.kill(); await hub.stop(); await home.remove(); });
  await model.run(steps);
  await model.end();
  t.diagnostic(JSON.stringify(model.counts));
}
