/**
 * JSON logs by pino: object first, message last, ids and never bodies. Each line carries the trace id of what
 * was being done, so that one order can be followed through every service with one search.
 */
import { pino } from 'pino';
import { currentTraceId } from './context.ts';

export type Log = pino.Logger;

export function createLog(options: { service: string; level: string }): Log {
  // Node's own stream and not pino's default destination, which at exit tries for ever to write to a reader
  // that is gone. A reader that is gone takes its lines along, and nothing else.
  process.stdout.on('error', () => undefined);
  const settings: pino.LoggerOptions = {
    level: options.level,
    base: { service: options.service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => {
      const traceId = currentTraceId();
      return traceId === undefined ? {} : { trace_id: traceId };
    },
    serializers: { err: describeError },
    redact: ['req.headers.authorization', 'headers.authorization', 'cardToken', 'password'],
  };
  return pino(settings, process.stdout);
}

/**
 * What may be told of an error. Not all that hangs on it: PostgreSQL's `detail` quotes the row that broke a
 * constraint, with whatever names and addresses are in it.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  const inner = cause === undefined ? {} : { cause: describeError(cause) };
  return { type: name, message, code, constraint, stack, ...inner };
}

/** For tests and tools that have nothing to say. */
export const silentLog: Log = pino({ level: 'silent' });
