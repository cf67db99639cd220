/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): writes what a follower
 * reads, as fast as the client takes it, with a heartbeat when there is nothing. A stream ends with its token,
 * when the client leaves, and when the process drains; the client comes back with Last-Event-ID, anywhere.
 */
import { Problem } from '@waymark/http/problem.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { errors } from './errors.ts';
import { sendInSpans } from './send-spans.ts';
import type { Update } from './step.ts';

export interface StreamOptions {
  customerId: string;
  until: Date;
  response: ServerResponse;
  /** Resolves with steps after the given id, or with none after `waitMs`. */
  next(after: string | undefined, waitMs: number, signal: AbortSignal): Promise<Update[]>;
  after: string | undefined;
  /** Called with what the response has taken. */
  sent(updates: Update[]): void;
}

export interface Streams {
  /** Throws `too-many-streams`. */
  checkRoom(customerId: string): void;
  /** Resolves when the stream has ended. */
  open(options: StreamOptions): Promise<void>;
  endAll(): void;
}

const PER_CUSTOMER = 10;
/** Under the 60 s after which proxies usually give up on a silent connection. */
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 1000;
/** A client that takes nothing for this long is gone. */
const STALLED_MS = 10_000;

export function createStreams(log: Log, heartbeatMs = HEARTBEAT_MS): Streams {
  const open = new Map<string, number>();
  const draining = new AbortController();

  return {
    checkRoom(customerId) {
      const count = open.get(customerId) ?? 0;
      if (count >= PER_CUSTOMER) throw new Problem(errors['too-many-streams']);
    },

    async open(stream) {
      const { customerId, response, until } = stream;
      open.set(customerId, (open.get(customerId) ?? 0) + 1);
      const ending = new AbortController();
      const end = () => ending.abort();
      response.once('close', end);
      // A timer and not AbortSignal.timeout: AbortSignal.any holds its sources weakly, and one that was
      // collected as garbage never fires, so that the stream would outlive its token.
      const lifetime = setTimeout(end, Math.max(0, until.getTime() - Date.now()));
      const signal = AbortSignal.any([ending.signal, draining.signal]);
      try {
        await pump(stream, signal, heartbeatMs);
      } catch (error) {
        // The client reconnects after the last entry that it has, so nothing is lost to it.
        if (!signal.aborted) log.warn({ err: error }, 'stream interrupted');
      } finally {
        clearTimeout(lifetime);
        response.end();
        const left = (open.get(customerId) ?? 1) - 1;
        if (left === 0) open.delete(customerId);
        else open.set(customerId, left);
      }
    },

    endAll() {
      draining.abort();
    },
  };
}

async function pump(stream: StreamOptions, signal: AbortSignal, heartbeatMs: number) {
  const { response, next } = stream;
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // Kept alive after its stream, a connection would hold up a process that drains until it idles out.
    connection: 'close',
    'x-accel-buffering': 'no',
  });
  await write(response, `retry: ${String(RECONNECT_MS)}\n\n`, signal);
  // It changes during an await, which the compiler's narrowing cannot see.
  const isOver = () => signal.aborted;
  let { after } = stream;
  while (!isOver()) {
    const updates = await next(after, heartbeatMs, signal);
    if (isOver()) return;
    const text = updates.length === 0 ? ': heartbeat\n\n' : updates.map(format).join('');
    await sendInSpans(updates, () => write(response, text, signal));
    stream.sent(updates);
    after = updates.at(-1)?.id ?? after;
  }
}

function format({ id, step }: Update): string {
  return `id: ${id}\nevent: ${step.step}\ndata: ${JSON.stringify(step)}\n\n`;
}

async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (response.write(text)) return;
  await once(response, 'drain', {
    signal: AbortSignal.any([signal, AbortSignal.timeout(STALLED_MS)]),
  });
}
