/**
 * Calls to other HTTP services: pooled keep-alive connections, a bound on every wait, and the trace passed on.
 * It does not retry: whether a call may be repeated is for the caller to know.
 */
import { outgoingHeaders } from '@waymark/telemetry/context.ts';
import { Pool } from 'undici';
import { DEADLINE_HEADER } from './deadline.ts';
import { connectOptions, type Tls } from './tls.ts';

export interface HttpCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  headers?: Record<string, string>;
  json?: unknown;
  /** Less than the client's own time-out, where the caller's deadline is nearer. */
  timeoutMs?: number | undefined;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** The parsed body, or its text where it is not JSON. */
  body: unknown;
}

export interface HttpClient {
  /** Throws where no complete answer came in time: the outcome of the call is then unknown. */
  call(call: HttpCall): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export function createHttpClient(options: {
  baseUrl: string;
  timeoutMs: number;
  tls?: Tls | undefined;
}): HttpClient {
  const base = new URL(options.baseUrl);
  const pool = new Pool(base.origin, { connections: 64, connect: connectOptions(options.tls) });
  const prefix = base.pathname.replace(/\/$/, '');

  return {
    async call(call) {
      const timeoutMs = Math.min(options.timeoutMs, call.timeoutMs ?? options.timeoutMs);
      const response = await pool.request({
        method: call.method,
        path: prefix + call.path,
        headers: {
          [DEADLINE_HEADER]: String(timeoutMs),
          ...outgoingHeaders(),
          ...(call.json === undefined ? {} : { 'content-type': 'application/json' }),
          ...call.headers,
        },
        body: call.json === undefined ? null : JSON.stringify(call.json),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.body.text();
      return { status: response.statusCode, headers: response.headers, body: parse(text) };
    },
    async close() {
      await pool.close();
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
