/**
 * How often one caller may ask. Each limit is a token bucket: `burst` requests at once, and `perMinute` in the
 * long run. They are far above what a person does and far below what one caller could do to all the others.
 */
import type { TokenBucket } from '@waymark/storage/key-value.ts';
import type { Route } from './routing.ts';

export interface Limit {
  /** Whose requests count together: those of one client for one subject, or those from one address. */
  per: 'client' | 'address';
  perMinute: number;
  burst: number;
}

export type LimitName = 'reads' | 'writes' | 'public' | 'sign-in' | 'refused';

export type Limits = Readonly<Record<LimitName, Limit>>;

export const limits: Limits = {
  reads: { per: 'client', perMinute: 600, burst: 200 },
  writes: { per: 'client', perMinute: 300, burst: 100 },
  public: { per: 'address', perMinute: 600, burst: 200 },
  // What is sent to the sign-in server is a password, a secret or a code, and each of them can be guessed.
  'sign-in': { per: 'address', perMinute: 60, burst: 60 },
  // Requests whose token is missing or refused, before it is known whose they are.
  refused: { per: 'address', perMinute: 60, burst: 60 },
};

export function limitOf({ method, scopes, upstream }: Route): LimitName {
  const reading = method === 'GET' || method === 'OPTIONS';
  if (scopes.length > 0) return reading ? 'reads' : 'writes';
  return upstream === 'identity' && !reading ? 'sign-in' : 'public';
}

export function bucketOf({ perMinute, burst }: Limit, scale: number): TokenBucket {
  return { capacity: burst * scale, refillPerSecond: (perMinute / 60) * scale };
}
