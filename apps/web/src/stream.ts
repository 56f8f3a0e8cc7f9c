// Event streams that come back by themselves. EventSource cannot send a token and does not say what it missed, so the
// stream is read with fetch: at most one event is held, and nothing is asked again that has come.
import { fetchFrom, locked, Problem } from './api';

export interface Heard { id: string; kind: string; data: string }
export interface StreamState { live: boolean; heard: number }
export interface Subscription { stop(): void; wake(): void; rest(): void }

interface Wishes {
  path: string;
  take(event: Heard): void;
  // Before the first event of a connection; `lost`: there was one before.
  opened?(lost: boolean): void;
  state?(now: StreamState): void;
  // The stream is over for good: an end, or a refusal that will not change.
  over?(why: Problem | null): void;
  once?: boolean;
  silence?: number;
}

const longestWait = 15_000;

class EventStream implements Subscription {
  private last = '';
  private tries = 0;
  private lost = false;
  private stopped = false;
  private resting = false;
  private abort = new AbortController();
  private timer = 0;
  private watchdog = 0;
  private heardAt = Date.now();

  constructor(private readonly wishes: Wishes) { void this.run(); }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    this.abort.abort();
  }

  // Until it is woken.
  rest(): void {
    this.resting = true;
    clearTimeout(this.timer);
    this.timer = 0;
    clearTimeout(this.watchdog);
    this.abort.abort();
  }

  // Now, instead of when the pause is over.
  wake(): void {
    if (this.resting) {
      this.resting = false;
      void this.run();
    } else if (this.timer) { clearTimeout(this.timer); this.timer = 0; void this.run(); }
  }

  private say(live: boolean): void { this.wishes.state?.({ live, heard: this.heardAt }); }

  private async run(): Promise<void> {
    this.timer = 0;
    this.abort = new AbortController();
    try {
      const headers: Record<string, string> = this.last ? { 'Last-Event-ID': this.last } : {};
      const got = await fetchFrom('GET', this.wishes.path, { accept: 'text/event-stream', headers, signal: this.abort.signal });
      if (got.status === 204 || !got.body) return this.end(null);
      this.tries = 0;
      this.listen();
      this.wishes.opened?.(this.lost);
      await this.read(got.body);
      if (this.wishes.once) return this.end(null);
    } catch (failed) {
      if (this.stopped || this.resting) return;
      if (failed instanceof Problem && [400, 404, 405].includes(failed.status)) return this.end(failed);
    }
    if (!this.stopped && !this.resting) this.again();
  }

  private end(why: Problem | null): void {
    this.stop();
    this.wishes.over?.(why);
  }

  private again(): void {
    clearTimeout(this.watchdog);
    this.lost = true;
    this.say(false);
    const pause = Math.min(longestWait, 250 * 2 ** this.tries) * (0.5 + Math.random() / 2);
    this.tries += 1;
    this.timer = window.setTimeout(() => { if (locked.value) this.again(); else void this.run(); }, pause);
  }

  // The node says something every 15 s; a connection that is silent for longer is none.
  private listen(): void {
    this.heardAt = Date.now();
    this.say(true);
    clearTimeout(this.watchdog);
    this.watchdog = window.setTimeout(() => this.abort.abort(), this.wishes.silence ?? 25_000);
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.stopped) return;
      this.listen();
      text += value;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        this.block(text.slice(0, end));
        text = text.slice(end + 2);
      }
    }
  }

  private block(text: string): void {
    const event: Heard = { id: '', kind: 'message', data: '' };
    for (const line of text.split('\n')) {
      if (line.startsWith('id: ')) event.id = line.slice(4);
      else if (line.startsWith('event: ')) event.kind = line.slice(7);
      else if (line.startsWith('data: ')) event.data += line.slice(6);
    }
    if (event.id) this.last = event.id;
    if (event.data) this.wishes.take(event);
  }
}

export const follow = (wishes: Wishes): Subscription => new EventStream(wishes);
