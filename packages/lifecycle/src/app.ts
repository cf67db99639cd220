/** What every service's buildApp returns, and what run-service.ts and the tests drive. */
import type { Server } from '@waymark/http/server-type.ts';

/** Something that works in the background: a relay, an inbox, a worker, a timer. */
export interface Part {
  start(): void;
  stop(): Promise<void>;
}

export interface App {
  server: Server;
  /** Started in this order before the port opens, stopped in reverse after it is closed. */
  parts: Part[];
  /** Each throws while the service cannot do its work; named in /readyz. */
  checks: Record<string, () => Promise<void>>;
  /** Closes what buildApp opened, after all parts have stopped. */
  close(): Promise<void>;
}
