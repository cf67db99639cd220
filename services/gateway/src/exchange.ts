/**
 * One request on its way to a service and its answer on the way back. Undici calls an object of this shape as
 * the bytes come; it is a class, unlike most things here, because there is one for every request, and a
 * class's methods are made once. It is over exactly once, whoever ends it: the service, the client, the
 * deadline or a drain.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import { currentContext, runInContext } from '@waymark/telemetry/context.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errors, type Dispatcher, type Pool } from 'undici';
import { dropHopByHop } from './headers.ts';

export interface Upstream {
  name: string;
  pool: Pool;
  /** Requests that hold a connection of the pool or wait for one. */
  inFlight: number;
  limit: number;
}

/** What all exchanges of a gateway share. */
export interface Life {
  draining: boolean;
  /** Answers without an end, which a drain must end. */
  streams: Set<Exchange>;
}

export interface ExchangeOptions {
  request: FastifyRequest;
  reply: FastifyReply;
  upstream: Upstream;
  call: Dispatcher.DispatchOptions;
  streaming: boolean;
  /** To send it twice does no more than to send it once. */
  mayRepeat: boolean;
  deadlineMs: number;
  life: Life;
}

export class Exchange implements Dispatcher.DispatchHandler {
  /** Settles when the answer starts, and rejects where there is none. */
  readonly answered: Promise<void>;
  readonly #options: ExchangeOptions;
  readonly #settle = Promise.withResolvers<void>();
  readonly #context = currentContext();
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #state: 'waiting' | 'answering' | 'over' = 'waiting';
  #mayRepeat: boolean;
  #isRepeat = false;

  constructor(options: ExchangeOptions) {
    const { call, reply, upstream, deadlineMs, mayRepeat } = options;
    this.answered = this.#settle.promise;
    this.#options = options;
    this.#mayRepeat = mayRepeat;
    this.#timer = setTimeout(() => {
      this.#pastDeadline();
    }, deadlineMs);
    reply.raw.on('close', () => {
      this.#clientGone();
    });
    reply.raw.on('drain', () => {
      if (this.#state === 'answering') this.#controller?.resume();
    });
    upstream.inFlight += 1;
    upstream.pool.dispatch(call, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It waited for a connection for longer than its client or its deadline did.
    if (this.#state === 'over') controller.abort(new Error('over before it was sent'));
  }

  onResponseStarted(): void {
    this.#mayRepeat = false;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    const { reply, streaming, life } = this.#options;
    if (status < 200 || this.#state === 'over') return;
    dropHopByHop(headers);
    // A connection kept alive past a drain would keep the server from closing until it idles out.
    if (life.draining || streaming) headers.connection = 'close';
    reply.raw.writeHead(status, headers);
    // The answer is ours from here on: the handler's time-out is off, and Fastify writes nothing more.
    reply.hijack();
    this.#state = 'answering';
    this.#settle.resolve();
    if (streaming) this.#startStream();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // A client that reads slowly slows the service down, and does not fill our memory.
    if (!this.#options.reply.raw.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.#options.upstream.inFlight -= 1;
    if (this.#state === 'over') return;
    this.#end();
    this.#options.reply.raw.end();
  }

  onResponseError(_controller: unknown, error: Error): void {
    const { upstream, call } = this.#options;
    // #region retry-once
    // A service that closes an idle connection can cross with the request we just put on it. Nothing was
    // answered, so it is sent again, once, on another connection: a read, and a write with an idempotency key, of
    // which the service carries out one however often it comes. Any other write only where there was no connection
    // to send it on; however likely it is that it never arrived, it is not enough.
    const harmless = isUnsent(error) || (this.#mayRepeat && isBroken(error));
    if (this.#state === 'waiting' && harmless && !this.#isRepeat) {
      this.#isRepeat = true;
      upstream.pool.dispatch(call, this);
      return;
    }
    // #endregion
    upstream.inFlight -= 1;
    if (this.#state === 'over') return;
    const ours = error instanceof errors.InvalidArgumentError;
    this.#giveUp(error, ours ? error : new Problem(httpErrors.unavailable));
  }

  /** A clean end: the reader comes back with Last-Event-ID and finds a gateway that stays. */
  endStream(): void {
    this.#end();
    this.#options.reply.raw.end();
    this.#controller?.abort(new Error('the gateway is draining'));
  }

  #startStream(): void {
    const { reply, life } = this.#options;
    clearTimeout(this.#timer);
    // Without a first chunk Node would hold the headers back, and the client would not know it is connected.
    reply.raw.flushHeaders();
    life.streams.add(this);
    if (life.draining) this.endStream();
  }

  #pastDeadline(): void {
    const late = new Error(`no whole answer within ${String(this.#options.deadlineMs)} ms`);
    this.#giveUp(late, new Problem(httpErrors['deadline-exceeded']));
    this.#controller?.abort(late);
  }

  /** Also called after every answer, when it has nothing left to do. */
  #clientGone(): void {
    if (this.#state === 'over') return;
    this.#end();
    this.#options.reply.hijack();
    this.#settle.resolve();
    this.#controller?.abort(new Error('the client went away'));
  }

  #giveUp(reason: Error, answer: Error): void {
    const { request, upstream } = this.#options;
    const answering = this.#state === 'answering';
    this.#end();
    // Undici calls back in the context of whichever request opened the connection.
    runInContext(this.#context ?? {}, () => {
      request.log.warn({ err: reason, upstream: upstream.name, answering }, 'no whole answer');
    });
    if (!answering) this.#settle.reject(answer);
    // With a reset, because a plain end is how HTTP/1.0 marks a body as complete.
    else request.raw.socket.resetAndDestroy();
  }

  #end(): void {
    this.#state = 'over';
    clearTimeout(this.#timer);
    this.#options.life.streams.delete(this);
  }
}

function isBroken(error: Error): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(error));
}

function isUnsent(error: Error): boolean {
  return ['UND_ERR_CONNECT_TIMEOUT', 'ECONNREFUSED', 'EHOSTUNREACH'].includes(codeOf(error));
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
