/**
 * An order's steps as they happen, from the first. The stream breaks off when its token ends or a server restarts,
 * and is taken up again behind the last event that came, so that no step is lost and none comes twice.
 */
import { readEvents } from '@waymark/http/event-stream.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiProblem } from './problem.ts';

export interface Step {
  orderId: string;
  step: string;
  state?: 'placed' | 'confirmed' | 'cancelled';
  reason?: string;
  at: string;
}

export interface FollowOptions {
  gatewayUrl: string;
  token: () => Promise<string>;
  orderId: string;
  /** Ends it. */
  signal: AbortSignal;
}

const PAUSE_MS = 250;
/** What `fetch` and the reading of an answer throw, by name. */
const PASSING = new Set(['TypeError', 'AbortError', 'TimeoutError', 'SyntaxError']);

/** Goes on until `signal` says stop; throws ApiProblem where the stream is refused for good. */
export async function* followOrder(options: FollowOptions): AsyncGenerator<Step> {
  const { signal } = options;
  // It changes while the stream is read, which the compiler's narrowing cannot see.
  const isOver = () => signal.aborted;
  let lastId: string | undefined;
  while (!isOver()) {
    try {
      for await (const { id, data } of await openStream(options, lastId)) {
        lastId = id ?? lastId;
        if (data !== undefined) yield JSON.parse(data) as Step;
      }
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function openStream(
  { gatewayUrl, token, orderId, signal }: FollowOptions,
  lastId: string | undefined,
) {
  const response = await fetch(`${gatewayUrl}/v1/orders/${orderId}/events`, {
    headers: {
      authorization: `Bearer ${await token()}`,
      ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
    },
    signal,
  });
  if (response.ok && response.body !== null) return readEvents(response.body);
  throw new ApiProblem(response, (await response.json()) as object);
}

/** No answer, a stream that broke off, a token that ran out on its way, and what lies with the server. */
function isPassing(error: unknown): boolean {
  if (error instanceof ApiProblem) return error.status >= 500 || [401, 429].includes(error.status);
  return PASSING.has((error as Error).name);
}
