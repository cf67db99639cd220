/**
 * The model: what a product is, how it comes to be and what may change about it. Both are pure functions that
 * return the product together with the event that tells of it. Everything others may know of a product travels
 * in that one event, so a consumer that missed ten changes needs only the last.
 */
import { productChanged } from '@waymark/contracts/catalog.ts';
import { productId, text } from '@waymark/contracts/fields.ts';
import { outgoing, type OutgoingEvent } from '@waymark/messaging/event.ts';
import { Type, type Static } from 'typebox';

/** What the shop's staff may say of a product. A name of 64 code points fits a cursor, whatever it is written in. */
export const changeable = {
  name: text(64),
  description: text(1000),
  priceCents: Type.Integer({ minimum: 1, maximum: 100_000_000 }),
};

export const seedProduct = Type.Object(
  { id: productId, ...changeable, category: productId },
  { additionalProperties: false },
);
export type SeedProduct = Static<typeof seedProduct>;

export interface Product extends SeedProduct {
  currency: string;
  /** Starts at 1 and grows by one with each change, so that consumers can tell the newer of two events. */
  version: number;
}

export type ProductChange = Partial<Pick<Product, keyof typeof changeable>>;

export const CURRENCY = 'EUR';

export function newProduct(seed: SeedProduct): [Product, OutgoingEvent[]] {
  const product = { ...seed, currency: CURRENCY, version: 1 };
  return [product, [announce(product)]];
}

/** The same product and no events where the change says nothing new. */
export function changeProduct(product: Product, change: ProductChange): [Product, OutgoingEvent[]] {
  const { name, description, priceCents } = { ...product, ...change };
  const same =
    name === product.name &&
    description === product.description &&
    priceCents === product.priceCents;
  if (same) return [product, []];
  const changed = { ...product, name, description, priceCents, version: product.version + 1 };
  return [changed, [announce(changed)]];
}

function announce({ id, name, priceCents, currency, version }: Product): OutgoingEvent {
  return outgoing(productChanged, id, { productId: id, name, priceCents, currency, version });
}
