/** Where each field comes from: a call to a service, or a part of its answer under another name. */
import { Problem } from '@waymark/http/problem.ts';
import type { GraphContext, ProductAnswer } from './context.ts';
import type { Update } from './order-stream.ts';

interface PageAnswer {
  items: unknown[];
  nextCursor: string | null;
}

interface OrderAnswer {
  currency: string;
  totalCents: number;
  lines: { productId: string; quantity: number; priceCents: number }[];
}

interface PageArgs {
  first: number;
  after?: string | null;
}

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

export const resolvers = {
  ProductSort: {
    RELEVANCE: 'relevance',
    NAME: 'name',
    NAME_DESC: '-name',
    PRICE: 'priceCents',
    PRICE_DESC: '-priceCents',
  },
  OrderState: { PLACED: 'placed', CONFIRMED: 'confirmed', CANCELLED: 'cancelled' },
  RefundState: { REQUESTED: 'requested', DONE: 'done' },

  Query: {
    product: (_: unknown, { id }: { id: string }, { products }: GraphContext) => products.load(id),
    products(
      _: unknown,
      args: PageArgs & { category?: string; search?: string; sort?: string },
      context: GraphContext,
    ) {
      const { category, search, sort } = args;
      return page(
        context,
        'catalog',
        `/v1/products?${query({ ...paging(args), category, search, sort })}`,
      );
    },
    order: (_: unknown, { id }: { id: string }, { services, asker }: GraphContext) =>
      services.ask('orders', { method: 'GET', path: orderPath(id) }, asker),
    orders: (_: unknown, args: PageArgs, context: GraphContext) =>
      page(context, 'orders', `/v1/orders?${query(paging(args))}`),
  },

  Mutation: {
    placeOrder(
      _: unknown,
      { idempotencyKey, input }: { idempotencyKey: string; input: unknown },
      { services, asker }: GraphContext,
    ) {
      // What no header can carry is for the service to refuse, in its own words, as it refuses an empty key.
      const key = VISIBLE_ASCII.test(idempotencyKey) ? idempotencyKey : '';
      const headers = { 'idempotency-key': key };
      return services.ask(
        'orders',
        { method: 'POST', path: '/v1/orders', headers, json: input },
        asker,
      );
    },
    cancelOrder: (_: unknown, { id }: { id: string }, { services, asker }: GraphContext) =>
      services.ask('orders', { method: 'POST', path: `${orderPath(id)}/cancel` }, asker),
  },

  Subscription: {
    orderUpdates: {
      subscribe: (
        _: unknown,
        { id, after }: { id: string; after?: string | null },
        { streams, asker, over }: GraphContext,
      ) => streams.follow({ id, after: after ?? undefined }, asker, over),
      resolve(update: Update) {
        if (update instanceof Problem) throw update;
        return update;
      },
    },
  },

  Product: { price: priceOf },
  Order: {
    total: ({ totalCents, currency }: OrderAnswer) => ({ cents: totalCents, currency }),
    lines: ({ lines, currency }: OrderAnswer) => lines.map((line) => ({ ...line, currency })),
  },
  OrderLine: {
    price: priceOf,
    async product({ productId }: { productId: string }, _: unknown, { products }: GraphContext) {
      return products.load(productId).catch((error: unknown) => {
        if (error instanceof Problem && error.kind.code === 'not-found') return null;
        throw error;
      });
    },
  },
};

function priceOf({ priceCents, currency }: Pick<ProductAnswer, 'priceCents' | 'currency'>) {
  return { cents: priceCents, currency };
}

function orderPath(id: string): string {
  return `/v1/orders/${encodeURIComponent(id)}`;
}

function paging({ first, after }: PageArgs) {
  return { limit: String(first), cursor: after ?? undefined };
}

function query(parts: Record<string, string | null | undefined>): string {
  const given = new URLSearchParams();
  for (const [name, part] of Object.entries(parts)) {
    if (part !== undefined && part !== null) given.set(name, part);
  }
  return given.toString();
}

async function page(
  { services, asker }: GraphContext,
  service: 'catalog' | 'orders',
  path: string,
) {
  const answer = (await services.ask(service, { method: 'GET', path }, asker)) as PageAnswer;
  const { items, nextCursor } = answer;
  return { nodes: items, pageInfo: { hasNextPage: nextCursor !== null, endCursor: nextCursor } };
}
