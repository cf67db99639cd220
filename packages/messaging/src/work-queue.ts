/**
 * The WorkQueue port: jobs that any one of many workers may do, each at least once, later or again if need be.
 * It is no log: what is done is gone, and there is no order beyond "due first". test/work-queue.suite.ts proves
 * its promises on every adapter. A job that must not be done twice needs a key of its own at its effect, since
 * a worker can die between the effect and the confirmation of it.
 */
import type { Backoff } from '@waymark/lifecycle/backoff.ts';

export interface WorkMessage {
  headers: Record<string, string>;
  /** JSON text. */
  value: string;
}

export interface SendOptions {
  /** Not before this long from now, by the server's clock; a week at most. */
  delayMs?: number;
  /** Whom the work is for, such as a partner; `perKey` bounds what is in hand for one. */
  key?: string;
}

export interface Delivery extends WorkMessage {
  id: string;
  /** Undefined where the message was sent without one. */
  key: string | undefined;
  /** 1 at first. An attempt whose worker died counts. */
  attempt: number;
}

export interface WorkOptions {
  /** Messages that this worker has in hand at once; it takes no more than it works on. */
  concurrency: number;
  /** Messages of one key that all workers together have in hand at once. Those behind them wait, those of other
   *  keys do not. Every worker of a queue gives the same number. When a worker dies or stops there may be as many
   *  again, until those from before are done. */
  perKey?: number;
  /** How long an attempt may take. Afterwards the message goes to another worker, and `signal` is aborted. Where the
   *  worker died it may go sooner, and where it froze up to 20 s later. */
  leaseMs: number;
  /** After as many failed attempts the message is a dead letter. */
  attempts: number;
  /** The pauses between attempts, where the handler does not say how long. */
  backoff: Backoff;
  /** Resolves when the work is done. A rejection is a failed attempt; RetryLater and PoisonError say more. */
  handle(message: Delivery, signal: AbortSignal): Promise<void>;
}

export interface Worker {
  start(): void;
  /** Takes nothing more and resolves when the work in hand is done, or its lease over. */
  stop(): Promise<void>;
}

export interface WorkDeadLetter extends WorkMessage {
  id: string;
  key: string | undefined;
  attempts: number;
  reason: string;
  failedAt: Date;
}

export interface WorkQueue {
  /** Resolves when the message is durable. After an error it may be there or not: send it again. */
  send(queue: string, message: WorkMessage, options?: SendOptions): Promise<void>;
  work(queue: string, options: WorkOptions): Worker;
  /** The oldest ones first. */
  listDeadLetters(queue: string, limit: number): Promise<WorkDeadLetter[]>;
  /** Sends one or all back to the queue with all their attempts before them; returns how many there were. */
  redrive(queue: string, which: { id: string } | 'all'): Promise<number>;
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Thrown by a handler that knows how long to wait, from a Retry-After or a schedule of its own. */
export class RetryLater extends Error {
  readonly afterMs: number;

  constructor(afterMs: number, reason: string) {
    super(reason);
    this.afterMs = afterMs;
  }
}
