/**
 * A deadline travels as the milliseconds that are left, not as a point in time, so that two machines whose
 * clocks differ by a minute still agree on it (gRPC's grpc-timeout does the same).
 */
export const DEADLINE_HEADER = 'x-deadline-ms';
