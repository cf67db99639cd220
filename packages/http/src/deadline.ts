/**
 * A deadline travels as the milliseconds that are left, not as a point in time, so that two machines whose
 * clocks differ by a minute still agree on it (gRPC's grpc-timeout does the same).
 */
import type { FastifyRequest } from 'fastify';

export const DEADLINE_HEADER = 'x-deadline-ms';

/** Milliseconds that the caller is still willing to wait, or undefined where it did not say. */
export function remainingMs(request: FastifyRequest): number | undefined {
  const value = Number(request.headers[DEADLINE_HEADER]);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
