/**
 * Pauses between attempts: exponential, capped, with jitter over half of each, so that the many who failed
 * together do not come back together (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
 */
export interface Backoff {
  firstMs: number;
  maxMs: number;
}

/** The pause before attempt `failures + 1`, in milliseconds; never less than half the nominal one. */
export function backoffMs(
  failures: number,
  { firstMs, maxMs }: Backoff,
  random = Math.random,
): number {
  const nominal = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return nominal / 2 + random() * (nominal / 2);
}
