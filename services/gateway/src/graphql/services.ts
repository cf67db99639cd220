/**
 * The services behind the graph, asked over their REST APIs in the name of the caller: with the caller's token,
 * within what is left of the caller's deadline. What a service refuses comes back as the Problem that it sent.
 */
import { createHttpClient, type HttpAnswer, type HttpCall } from '@waymark/http/client.ts';
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { Tls } from '@waymark/http/tls.ts';
import { isPlain, type UpstreamName } from '../routing.ts';

/** On whose behalf a service is asked. */
export interface Asker {
  authorization: string | undefined;
  address: string;
  /** When the answer is worth nothing any more, by performance.now(). */
  deadline: number;
}

export interface Services {
  /** Throws the service's own problem, `unavailable` or `deadline-exceeded`. */
  ask(service: 'catalog' | 'orders', call: HttpCall, asker: Asker): Promise<unknown>;
  close(): Promise<void>;
}

export function createServices(options: {
  origins: Record<UpstreamName, string>;
  deadlineMs: number;
  tls?: Tls | undefined;
}): Services {
  const { origins, deadlineMs, tls } = options;
  const open = (baseUrl: string) => createHttpClient({ baseUrl, timeoutMs: deadlineMs, tls });
  const clients = { catalog: open(origins.catalog), orders: open(origins.orders) };

  return {
    async ask(service, call, asker) {
      if (!isPlain(call.path)) throw new Problem(httpErrors['not-found']);
      const timeoutMs = remainingMs(asker);
      const headers = { ...headersOf(asker), ...call.headers };
      const answer = await clients[service]
        .call({ ...call, headers, timeoutMs })
        .catch(() => undefined);
      if (answer !== undefined && answer.status < 300) return answer.body;
      throw answer === undefined ? unanswered(asker) : problemOf(answer);
    },
    async close() {
      await Promise.all(Object.values(clients).map((client) => client.close()));
    },
  };
}

export function headersOf({ authorization, address }: Asker): Record<string, string> {
  const forwarded = { 'x-forwarded-for': address };
  return authorization === undefined ? forwarded : { ...forwarded, authorization };
}

/** Throws `deadline-exceeded` where nothing is left. */
export function remainingMs({ deadline }: Asker): number {
  const left = Math.floor(deadline - performance.now());
  if (left < 1) throw new Problem(httpErrors['deadline-exceeded']);
  return left;
}

export function unanswered({ deadline }: Asker): Problem {
  const late = performance.now() >= deadline - 1;
  return new Problem(httpErrors[late ? 'deadline-exceeded' : 'unavailable']);
}

interface ProblemBody {
  title: string;
  code: string;
  detail: string;
}

/** Of a problem document, what Problem has a place of its own for. */
const KNOWN = ['type', 'title', 'status', 'code', 'detail'];

/** What the service sent, as if it were thrown here. An answer of another kind says only that it cannot serve. */
export function problemOf({ status, headers, body }: HttpAnswer): Problem {
  if (!isProblem(body)) return new Problem(httpErrors.unavailable);
  const { code, title, detail } = body;
  const members = Object.entries(body).filter(([name]) => !KNOWN.includes(name));
  const seconds = Number(headers['retry-after']);
  const retry = Number.isInteger(seconds) ? { retryAfterSeconds: seconds } : {};
  const kind = { code, title, status, when: detail, ...retry };
  return new Problem(kind, detail, Object.fromEntries(members));
}

function isProblem(body: unknown): body is ProblemBody {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'title' in body &&
    typeof body.title === 'string' &&
    'detail' in body &&
    typeof body.detail === 'string'
  );
}
