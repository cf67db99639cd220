/**
 * Passes requests on to the services, over one pool of kept-alive connections each. Undici's dispatcher is
 * used as it is and not through @fastify/reply-from, which encodes a parsed body anew and so changes it.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import { connectOptions, type Tls } from '@waymark/http/tls.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Pool, type Dispatcher } from 'undici';
import { Exchange, type Life, type Upstream } from './exchange.ts';
import { upstreamHeaders } from './headers.ts';
import { routes, type Route, type UpstreamName } from './routing.ts';

/**
 * Enough for 3200 requests a second to a service that answers in 20 ms. With 128, a process that had just started spent its
 * first seconds on their TLS, and its database's connections on whom it should not have let in yet.
 */
const CONNECTIONS = 64;
/** A stream holds a connection for as long as someone watches, so this is the most who can watch at once. */
const STREAMING_CONNECTIONS = 2048;
/** Waiters beyond the connections: room for a burst, while a service that hangs cannot fill our memory with them. */
const WAITING = 512;

export interface Forwarder {
  /**
   * Settles when the answer starts: it then belongs to this module alone. Throws `unavailable` where the
   * service could not be reached, and `deadline-exceeded`.
   */
  forward(request: FastifyRequest, reply: FastifyReply, route: Route): Promise<void>;
  /** Ends open streams, and lets every answer from now on be the last of its connection. */
  drain(): void;
  close(): Promise<void>;
}

export function createForwarder(options: {
  origins: Record<UpstreamName, string>;
  deadlineMs: number;
  trustedProxies: number;
  tls?: Tls | undefined;
}): Forwarder {
  const { origins, deadlineMs, trustedProxies } = options;
  const upstreams = mapValues(origins, (origin, name) => openUpstream(origin, name, options.tls));
  const life: Life = { draining: false, streams: new Set() };

  return {
    forward(request, reply, route) {
      const upstream = upstreams[route.upstream];
      // A service this far behind would only let it time out: said at once, the caller can still use the news.
      if (upstream.inFlight >= upstream.limit) throw new Problem(httpErrors.unavailable);
      const call: Dispatcher.DispatchOptions = {
        method: request.method,
        path: request.raw.url ?? '/',
        headers: upstreamHeaders(request.raw, { deadlineMs, trustedProxies }),
        body: Buffer.isBuffer(request.body) ? request.body : null,
        // The exchange's own timer is exact, covers the wait for a connection too, and knows of streams.
        headersTimeout: 0,
        bodyTimeout: 0,
      };
      const { streaming } = route;
      const mayRepeat = isRead(request.method) || (route.keyed && hasKey(request));
      const options = { request, reply, upstream, call, streaming, mayRepeat, deadlineMs, life };
      return new Exchange(options).answered;
    },
    drain() {
      life.draining = true;
      for (const stream of life.streams) stream.endStream();
    },
    async close() {
      await Promise.all(Object.values(upstreams).map(({ pool }) => pool.destroy()));
    },
  };
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function hasKey({ headers }: FastifyRequest): boolean {
  return headers['idempotency-key'] !== undefined;
}

function openUpstream(origin: string, name: UpstreamName, tls: Tls | undefined): Upstream {
  const streaming = routes.some((route) => route.upstream === name && route.streaming);
  const connections = streaming ? STREAMING_CONNECTIONS : CONNECTIONS;
  const pool = new Pool(new URL(origin).origin, { connections, connect: connectOptions(tls) });
  return { name, pool, inFlight: 0, limit: connections + WAITING };
}

function mapValues<Key extends string, From, To>(
  record: Record<Key, From>,
  change: (value: From, key: Key) => To,
): Record<Key, To> {
  const entries = Object.entries<From>(record).map(([key, value]) => [
    key,
    change(value, key as Key),
  ]);
  return Object.fromEntries(entries) as Record<Key, To>;
}
