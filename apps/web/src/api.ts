// The node's API, with the types of its contract. Every answer that is no success is thrown as a Problem.
import { signal } from '@preact/signals';
import type { components } from './contract';

type Schemas = components['schemas'];
export type JobState = Schemas['state'];
export type Counts = Schemas['counts'];
export type Job = Schemas['job'];
export type Artifact = Schemas['artifact'];
export type NodeFacts = Schemas['node'];
export type Limits = Schemas['limits'];
export type Actor = Schemas['actor'];
export type Actors = Schemas['actors'];
export type ActorDetail = Schemas['actor_detail'];
export type Hive = Schemas['members'];
export type Member = Schemas['member'];
export type Wish = Schemas['wish'];
export type Plan = Schemas['plan'];
export type Reference = Schemas['reference'];
export type JobEvent = Schemas['event'] & Partial<Schemas['progress']> & Record<string, unknown>;

export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, detail: string, readonly hint: string, readonly field?: string) {
    super(detail);
  }
}

// A node that is not on loopback asks for its token; it stays in this tab.
const kept = 'hive.token';
export const token = signal(sessionStorage.getItem(kept) ?? '');
export const locked = signal(false);

export function unlock(value: string): void {
  token.value = value;
  locked.value = false;
  sessionStorage.setItem(kept, value);
}

export interface Asked { body?: unknown; signal?: AbortSignal; accept?: string; headers?: Record<string, string> }

export async function fetchFrom(method: string, path: string, { body, signal: abort, accept, headers }: Asked = {}): Promise<Response> {
  const head: Record<string, string> = { ...headers };
  if (accept) head['Accept'] = accept;
  if (body !== undefined) head['Content-Type'] = 'application/json';
  if (token.value) head['Authorization'] = `Bearer ${token.value}`;
  let got: Response;
  try {
    got = await fetch(path, { method, headers: head, body: body === undefined ? undefined : JSON.stringify(body), signal: abort, cache: 'no-store' });
  } catch (failed) {
    if (abort?.aborted) throw failed;
    throw new Problem(0, 'no_node', 'the node does not answer', 'is it running? This page goes on when it is back');
  }
  if (got.ok) return got;
  if (got.status === 401) locked.value = true;
  throw await problemOf(got);
}

async function problemOf(got: Response): Promise<Problem> {
  try {
    const { code, detail, hint, field } = await got.json() as Schemas['problem'];
    return new Problem(got.status, code, detail, hint, field);
  } catch {
    return new Problem(got.status, 'no_answer', `the node answered with status ${got.status}`, 'try again');
  }
}

export async function call<T>(method: string, path: string, body?: unknown, abort?: AbortSignal): Promise<T> {
  const got = await fetchFrom(method, path, { body, signal: abort });
  return await got.json() as T;
}

export const get = <T>(path: string, abort?: AbortSignal): Promise<T> => call<T>('GET', path, undefined, abort);
export const post = <T>(path: string, body?: unknown, abort?: AbortSignal): Promise<T> => call<T>('POST', path, body, abort);
export const patch = <T>(path: string, body: unknown): Promise<T> => call<T>('PATCH', path, body);

export function describe(failed: unknown): { detail: string; hint: string } {
  if (failed instanceof Problem) return { detail: failed.message, hint: failed.hint };
  return { detail: failed instanceof Error ? failed.message : String(failed), hint: '' };
}
