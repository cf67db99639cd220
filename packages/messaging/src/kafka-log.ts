/**
 * What kafkajs has to say, in our log. It reports every attempt of every retry as an error, the routine ones of a
 * new topic or a new group too. What matters of that reaches the callers as an exception or as one line of
 * kafka-outage.ts, so here it goes to debug, except what nobody else would hear of.
 */
import type { Log } from '@waymark/telemetry/log.ts';
import kafkajs, { type LogEntry } from 'kafkajs';

/** Records that retention removed before the group read them; topics of another version of this group. */
const ONLY_HEARD_HERE = /^Offset out of range|unsubscribed topics/;

export interface KafkaLog {
  logLevel: kafkajs.logLevel;
  logCreator: () => (entry: LogEntry) => void;
  /** The last thing that went wrong inside, as a reason for a silence. */
  lastProblem(): string | undefined;
}

export function createKafkaLog(log: Log): KafkaLog {
  let problem: string | undefined;
  return {
    logLevel: log.isLevelEnabled('debug') ? kafkajs.logLevel.INFO : kafkajs.logLevel.WARN,
    logCreator: () => (entry) => {
      const { message, ...details } = entry.log;
      if (entry.level === kafkajs.logLevel.ERROR) problem = message;
      const level = ONLY_HEARD_HERE.test(message) ? 'warn' : 'debug';
      log[level]({ kafkajs: { namespace: entry.namespace, ...details } }, message);
    },
    lastProblem: () => problem,
  };
}
