/**
 * The live steps of one order, from the stream that the notifications service sends, for as long as somebody
 * follows.
 */
import { DEADLINE_HEADER } from '@waymark/http/deadline.ts';
import { httpErrors } from '@waymark/http/errors.ts';
import { readEvents } from '@waymark/http/event-stream.ts';
import { Problem } from '@waymark/http/problem.ts';
import { connectOptions, type Tls } from '@waymark/http/tls.ts';
import { outgoingHeaders } from '@waymark/telemetry/context.ts';
import { Pool, type Dispatcher } from 'undici';
import { isPlain } from '../routing.ts';
import { headersOf, problemOf, remainingMs, unanswered, type Asker } from './services.ts';

/** As many as can follow over REST. */
const CONNECTIONS = 2048;

/** A step, or why there are no more of them. */
export type Update = Record<string, unknown> | Problem;

export interface OrderStreams {
  /** Throws what the service refuses with. Ends when `signal` is aborted. */
  follow(
    order: { id: string; after: string | undefined },
    asker: Asker,
    signal: AbortSignal,
  ): Promise<AsyncGenerator<Update>>;
  close(): Promise<void>;
}

export function createOrderStreams(options: {
  origin: string;
  tls?: Tls | undefined;
}): OrderStreams {
  const pool = new Pool(new URL(options.origin).origin, {
    connections: CONNECTIONS,
    connect: connectOptions(options.tls),
    bodyTimeout: 0,
  });

  return {
    async follow({ id, after }, asker, signal) {
      const path = `/v1/orders/${encodeURIComponent(id)}/events`;
      if (!isPlain(path)) throw new Problem(httpErrors['not-found']);
      const timeoutMs = remainingMs(asker);
      // Not AbortSignal.any, which holds its sources weakly: one that was collected as garbage never fires.
      const call = new AbortController();
      const end = () => {
        call.abort();
      };
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
      const timer = setTimeout(end, timeoutMs);
      try {
        const answer = await pool.request({
          method: 'GET',
          path,
          headers: {
            [DEADLINE_HEADER]: String(timeoutMs),
            ...outgoingHeaders(),
            ...headersOf(asker),
            ...(after === undefined ? {} : { 'last-event-id': encodeURIComponent(after) }),
          },
          signal: call.signal,
        });
        if (answer.statusCode === 200) return updates(answer.body, signal);
        throw await refusal(answer);
      } catch (error) {
        throw error instanceof Problem ? error : unanswered(asker);
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => pool.destroy(),
  };
}

async function refusal({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Problem> {
  const text = await body.text();
  return problemOf({ status: statusCode, headers, body: JSON.parse(text) as unknown });
}

async function* updates(
  body: Dispatcher.ResponseData['body'],
  signal: AbortSignal,
): AsyncGenerator<Update> {
  // #region a-stream-that-says-why-it-ends
  // GraphQL's own end of a stream, `complete`, means that there is nothing more to come. The service ends one
  // when the token is over or it drains, and then there is: so the follower is told, by an error, to come back.
  let ended = new Problem(
    httpErrors.unavailable,
    'The stream was interrupted; resume it after the last id.',
  );
  try {
    for await (const { id, data } of readEvents(body)) {
      if (id === undefined || data === undefined) continue;
      yield { ...(JSON.parse(data) as Record<string, unknown>), id };
    }
  } catch {
    if (signal.reason instanceof Problem) ended = signal.reason;
  }
  yield ended;
  // #endregion
}
