/**
 * JSON logs by pino: object first, message last, ids and never bodies. Each line carries the trace id of what
 * was being done, so that one order can be followed through every service with one search.
 */
import { pino } from 'pino';
import { currentTraceId } from './context.ts';

export type Log = pino.Logger;

export function createLog(options: { service: string; level: string }): Log {
  return pino({
    level: options.level,
    base: { service: options.service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => {
      const traceId = currentTraceId();
      return traceId === undefined ? {} : { trace_id: traceId };
    },
    redact: ['req.headers.authorization', 'headers.authorization', 'cardToken', 'password'],
  });
}

/** For tests and tools that have nothing to say. */
export const silentLog: Log = pino({ level: 'silent' });
