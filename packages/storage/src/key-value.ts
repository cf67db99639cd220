/**
 * The KeyValue port: what many processes share and may lose. A store that is away or has forgotten everything
 * costs time, never truth: a cache is filled again, a rate limit begins anew, and a lock's token lets the thing
 * it protects refuse an old holder. test/key-value.suite.ts proves the promises on every adapter.
 * Expiry is told by the server's clock, since those of replicas differ. Keys are any text.
 */
export interface TokenBucket {
  /** Tokens in a full bucket: the burst that it allows. */
  capacity: number;
  refillPerSecond: number;
}

export interface TakenTokens {
  allowed: boolean;
  /** Whole tokens that are left. */
  remaining: number;
  /** Until the bucket is full again, rounded up. */
  resetSeconds: number;
  /** Until the same request would be allowed, rounded up; 0 where it was. */
  retryAfterSeconds: number;
}

export interface Lock {
  /** Higher than that of every earlier holder, so that what the lock protects can refuse those. */
  token: number;
  /** Holds it for `ttlMs` from now; false where it is lost already. */
  extend(ttlMs: number): Promise<boolean>;
  /** Does nothing where it is lost already. */
  release(): Promise<void>;
}

export interface KeyValue {
  get(key: string): Promise<string | undefined>;
  /** `value` is JSON text. Without `ttlMs` it stays until it is deleted or the store forgets it. */
  set(key: string, value: string, options?: { ttlMs: number }): Promise<void>;
  /** Also keeps a load that is under way in `singleFlight` from storing what it read before. */
  delete(key: string): Promise<void>;
  /** Sets the value where the present one is `expected`, undefined for none; whether it did. */
  compareAndSet(
    key: string,
    change: { expected: string | undefined; value: string; ttlMs?: number },
  ): Promise<boolean>;
  /** Takes `tokens`, 1 if not given, or none; exact whatever else takes from the bucket. Throws RangeError for
   *  more than it ever holds. */
  takeTokens(key: string, bucket: TokenBucket, tokens?: number): Promise<TakenTokens>;
  /**
   * The stored value, or that of `load`, stored for `ttlMs`. Of all who ask at once, in all processes, one
   * loads. Nobody waits longer than FLIGHT_MS for a loader that died, and one that takes longer itself ends with
   * an error that counts as unavailable. The loader's error goes to those who waited in its process; others
   * load anew. Throws too where the store is away.
   */
  singleFlight(key: string, ttlMs: number, load: () => Promise<string>): Promise<string>;
  /** Undefined while another holds it; the lock is free again `ttlMs` from now. */
  lock(key: string, ttlMs: number): Promise<Lock | undefined>;
  check(): Promise<void>;
  /** Begins to sweep out what has expired. */
  start(): void;
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** How long one may load while others wait: a caller's patience with a cache ends about here. */
export const FLIGHT_MS = 2000;

/** Throws RangeError for tokens that the bucket never holds. */
export function checkTake({ capacity, refillPerSecond }: TokenBucket, tokens: number): void {
  if (!(tokens > 0 && tokens <= capacity && refillPerSecond > 0))
    throw new RangeError(`${String(tokens)} tokens of a bucket for ${String(capacity)}`);
}
