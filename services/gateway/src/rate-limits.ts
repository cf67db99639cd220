/**
 * The hook that holds callers to limits.ts. A limit protects the many from the few, so where it cannot be told,
 * since the store is away, the request passes: a shop that closes because it cannot count is the worse harm.
 * Headers: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
import { Problem } from '@waymark/http/problem.ts';
import type { KeyValue, TakenTokens, TokenBucket } from '@waymark/storage/key-value.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import { authenticate } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter } from 'prom-client';
import { addressOf, networkOf } from './address.ts';
import { errors } from './errors.ts';
import { bucketOf, limitOf, type LimitName, type Limits } from './limits.ts';
import type { Route } from './routing.ts';
import { createSharedTakes } from './shared-takes.ts';

export interface RateLimitSettings {
  limits: Limits;
  /** Where tokens are counted, by all replicas together. */
  keyValue: KeyValue;
  /** Every limit times this; 0 switches them off. */
  scale: number;
  /** How long a request waits for the store. */
  waitMs: number;
}

interface RateLimitsDeps extends RateLimitSettings {
  verifier: TokenVerifier;
  log: Log;
  metrics: Metrics;
  trustedProxies: number;
}

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

const LOG_EVERY_MS = 10_000;

/** Gives the hooks of a route; each throws `rate-limited`, or what is wrong with the token. */
export function createRateLimits(deps: RateLimitsDeps): (route: Route) => Hook[] {
  const { limits, keyValue, verifier, scale, waitMs, trustedProxies } = deps;
  if (scale === 0) return () => [];
  const decisions = new Counter({
    name: 'rate_limit_decisions_total',
    help: 'Requests by their limit: allowed, refused, or unchecked, as the store did not say in time',
    labelNames: ['limit', 'decision'],
    registers: [deps.metrics],
  });
  const takes = createSharedTakes({ keyValue, waitMs, onMiss: logSometimes(deps.log) });

  async function spend(name: LimitName, whose: string, reply: FastifyReply): Promise<void> {
    const bucket = bucketOf(limits[name], scale);
    const taken = await takes.take(`limit:${name}:${whose}`, bucket);
    if (taken === undefined) {
      decisions.inc({ limit: name, decision: 'unchecked' });
      return;
    }
    decisions.inc({ limit: name, decision: taken.allowed ? 'allowed' : 'refused' });
    describe(reply, { name, bucket, taken });
    if (!taken.allowed) throw refusal(name, taken);
  }

  return (route) => {
    const limit = limitOf(route);
    const network = (request: FastifyRequest) => networkOf(addressOf(request.raw, trustedProxies));
    if (route.scopes.length === 0) {
      return [(request, reply) => spend(limit, network(request), reply)];
    }
    const hook: Hook = async (request, reply) => {
      // The check of the scope, which comes next, finds this one done.
      const caller = await authenticate(verifier, request).catch(async (error: unknown) => {
        if (isRefusal(error)) await spend('refused', network(request), reply);
        throw error;
      });
      await spend(limit, JSON.stringify([caller.clientId, caller.subject]), reply);
    };
    return [hook];
  };
}

function isRefusal(error: unknown): boolean {
  return error instanceof Problem && error.kind.status === 401;
}

function refusal(name: LimitName, { retryAfterSeconds }: TakenTokens): Problem {
  const kind = { ...errors['rate-limited'], retryAfterSeconds };
  const detail = `Ask again in ${String(retryAfterSeconds)} s.`;
  return new Problem(kind, detail, { 'violated-policies': [name] });
}

function describe(
  reply: FastifyReply,
  { name, bucket, taken }: { name: LimitName; bucket: TokenBucket; taken: TakenTokens },
): void {
  // #region a-bucket-in-the-headers
  // The draft speaks of a quota per window. For a bucket that is the burst, and the seconds in which an empty
  // bucket is full again: the same rate as requests per minute, and `r` then never exceeds `q`, nor `t` `w`.
  // A refused client that waits for `t` may send a whole burst; for a single request Retry-After is sooner.
  const { capacity, refillPerSecond } = bucket;
  const windowSeconds = Math.ceil(capacity / refillPerSecond);
  const { remaining, resetSeconds } = taken;
  // On the raw answer, where they join whatever headers the service's answer brings along.
  reply.raw.setHeader(
    'RateLimit-Policy',
    `"${name}";q=${String(capacity)};w=${String(windowSeconds)}`,
  );
  reply.raw.setHeader('RateLimit', `"${name}";r=${String(remaining)};t=${String(resetSeconds)}`);
  // #endregion
}

function logSometimes(log: Log) {
  let loggedAt = -Infinity;
  let missed = 0;
  return (error: unknown, requests: number) => {
    missed += requests;
    if (performance.now() - loggedAt < LOG_EVERY_MS) return;
    loggedAt = performance.now();
    log.warn({ err: error, requests: missed }, 'requests pass without a look at their limits');
    missed = 0;
  };
}
