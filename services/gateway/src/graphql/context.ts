/** What the resolvers of one request share: who asks, the services, and the products that were already asked for. */
import DataLoader from 'dataloader';
import type { Caller } from '@waymark/tokens/verifier.ts';
import type { OrderStreams } from './order-stream.ts';
import type { Asker, Services } from './services.ts';

export interface ProductAnswer {
  id: string;
  priceCents: number;
  currency: string;
}

export interface GraphContext {
  /** None for one who has no token, and sees products only. */
  caller: Caller | undefined;
  asker: Asker;
  services: Services;
  streams: OrderStreams;
  products: DataLoader<string, ProductAnswer>;
  /** Takes from the caller's budget; throws `rate-limited`. */
  spend(what: 'read' | 'write'): Promise<void>;
  /** Aborted when the client is gone or the gateway drains. */
  over: AbortSignal;
}

// #region one-call-for-each-product
// Twenty orders name the same few products, and a resolver that asks for itself would ask once for each line. The
// loader lives as long as the request: longer, and it would be a cache that nobody invalidates, of answers that
// depend on who asks. The catalog answers for one product at a time, so a batch is as many calls as it has products.
export function createProductLoader(services: Services, asker: Asker) {
  return new DataLoader<string, ProductAnswer>((ids) =>
    Promise.all(
      ids.map((id) =>
        services
          .ask('catalog', { method: 'GET', path: `/v1/products/${encodeURIComponent(id)}` }, asker)
          .then((body) => body as ProductAnswer, asError),
      ),
    ),
  );
}
// #endregion

function asError(error: unknown): Error {
  return error as Error;
}
