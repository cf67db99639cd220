/**
 * How products look to clients, in each version of the API: a schema and a pure function of the model for each, and
 * nothing else that differs. In v1 a price is a number of cents beside a currency, which takes for granted that a
 * currency has cents; in v2 it is one object whose amount a client can show as it is. docs/api-evolution.md has the rest.
 */
import { currency, productId, time } from '@waymark/contracts/fields.ts';
import { nextCursor } from '@waymark/http/page.ts';
import { Type, type TSchema } from 'typebox';
import { changeable, CURRENCY, type Product, type ProductChange } from './product.ts';
import type { Sort } from './sort.ts';
import type { PriceChange } from './store.ts';

type PriceOf = PriceChange & { currency: string };

export interface Representation {
  version: 'v1' | 'v2';
  schemas: Record<'product' | 'products' | 'prices' | 'change', TSchema>;
  /** What clients call the orders of a list. */
  sorts: Readonly<Record<string, Sort>>;
  toProduct(product: Product): object;
  toPrice(price: PriceOf): object;
  /** Of a body that fits `schemas.change`. */
  toChange(body: unknown): ProductChange;
}

const texts = {
  id: productId,
  name: Type.String(),
  description: Type.String(),
  category: Type.String(),
};
const pageOf = (item: TSchema, title: string) =>
  Type.Object({ items: Type.Array(item), nextCursor }, { title });
const isChange = { additionalProperties: false, minProperties: 1 };

const productV1 = Type.Object(
  { ...texts, priceCents: Type.Integer({ description: 'Of one piece, now.' }), currency },
  { title: 'Product' },
);
const priceV1 = Type.Object({ priceCents: Type.Integer(), currency, changedAt: time });

export const v1: Representation = {
  version: 'v1',
  schemas: {
    product: productV1,
    products: pageOf(productV1, 'ProductPage'),
    prices: pageOf(priceV1, 'PricePage'),
    change: Type.Partial(Type.Object(changeable), { ...isChange, title: 'ChangeProduct' }),
  },
  sorts: {
    name: 'name',
    '-name': '-name',
    priceCents: 'priceCents',
    '-priceCents': '-priceCents',
  },
  toProduct: ({ id, name, description, category, priceCents, currency }) => ({
    id,
    name,
    description,
    category,
    priceCents,
    currency,
  }),
  toPrice: ({ priceCents, currency, changedAt }) => ({
    priceCents,
    currency,
    changedAt: changedAt.toISOString(),
  }),
  toChange: (body) => body as ProductChange,
};

const amount = Type.String({
  pattern: '^(?:[1-9]\\d{0,5}\\.\\d{2}|0\\.(?:0[1-9]|[1-9]\\d)|1000000\\.00)$',
  description: 'A decimal number, with as many digits after the point as the currency has.',
});
const price = Type.Object({ amount, currency }, { title: 'Price', description: 'Of one piece.' });
const productV2 = Type.Object({ ...texts, price }, { title: 'ProductV2' });
const changeV2 = Type.Partial(
  Type.Object({
    name: changeable.name,
    description: changeable.description,
    price: Type.Object(
      { amount, currency: Type.Optional(Type.Literal(CURRENCY)) },
      { additionalProperties: false },
    ),
  }),
  { ...isChange, title: 'ChangeProductV2' },
);

export const v2: Representation = {
  version: 'v2',
  schemas: {
    product: productV2,
    products: pageOf(productV2, 'ProductPageV2'),
    prices: pageOf(Type.Object({ price, changedAt: time }), 'PricePageV2'),
    change: changeV2,
  },
  sorts: { name: 'name', '-name': '-name', price: 'priceCents', '-price': '-priceCents' },
  toProduct: ({ id, name, description, category, ...product }) => ({
    id,
    name,
    description,
    category,
    price: toMoney(product),
  }),
  toPrice: ({ changedAt, ...change }) => ({
    price: toMoney(change),
    changedAt: changedAt.toISOString(),
  }),
  toChange(body) {
    const { price, ...texts } = body as ProductChange & { price?: { amount: string } };
    return price === undefined ? texts : { ...texts, priceCents: toCents(price.amount) };
  },
};

// #region text-for-money
// As text, because a JSON number is read as binary floating point nearly everywhere, where 0.1 + 0.2 is not 0.3. Both
// ways go by digits and not by arithmetic, for the same reason. All prices of this shop are in euros.
function toMoney({ priceCents, currency }: { priceCents: number; currency: string }) {
  const digits = String(priceCents).padStart(3, '0');
  return { amount: `${digits.slice(0, -2)}.${digits.slice(-2)}`, currency };
}

function toCents(amount: string): number {
  return Number(amount.replace('.', ''));
}
// #endregion
