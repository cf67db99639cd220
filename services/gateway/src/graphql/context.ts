/** What the resolvers of one request share: who asks, the services, and the products that were already asked for. */
import { Problem } from '@waymark/http/problem.ts';
import type { Caller } from '@waymark/tokens/verifier.ts';
import DataLoader from 'dataloader';
import { errors } from '../errors.ts';
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

/** Different products that one request may ask for, however many lines its orders turn out to have. */
const MAX_PRODUCTS = 100;

// #region one-call-for-each-product
// Twenty orders name the same few products, and a resolver that asks for itself would ask once for each line. The
// loader lives as long as the request: longer, and it would be a cache that nobody invalidates, of answers that
// depend on who asks. The catalog answers for one product at a time, so a batch is as many calls as it has products.
export function createProductLoader(services: Services, asker: Asker) {
  let asked = 0;

  async function load(id: string): Promise<ProductAnswer> {
    asked += 1;
    if (asked > MAX_PRODUCTS) throw new Problem(errors['graphql-too-costly']);
    const path = `/v1/products/${encodeURIComponent(id)}`;
    return (await services.ask('catalog', { method: 'GET', path }, asker)) as ProductAnswer;
  }

  return new DataLoader<string, ProductAnswer>((ids) =>
    Promise.all(ids.map((id) => load(id).catch((error: unknown) => error as Error))),
  );
}
// #endregion
