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
    redact: ['req.headers.authorization', 'headers.authorization', 'cardToken', 'password'],
  };
  return pino(settings, process.stdout);
}

/** For tests and tools that have nothing to say. */
export const silentLog: Log = pino({ level: 'silent' });
