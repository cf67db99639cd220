/** Fields that several contracts and APIs share. Their examples become those of docs/asyncapi and docs/openapi. */
import { Type } from 'typebox';

export const orderId = Type.String({
  format: 'uuid',
  examples: ['0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90'],
});
export const productId = Type.String({
  pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
  minLength: 1,
  maxLength: 64,
  examples: ['ridgeline-2p-tent'],
});
export const quantity = Type.Integer({ minimum: 1, maximum: 100, examples: [2] });
/** Money is whole cents; a number in JSON is exact up to 2^53. */
export const cents = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000, examples: [73_800] });
/** One piece of the dearest product, so that no order's total leaves the range above. */
export const priceCents = Type.Integer({ minimum: 0, maximum: 100_000_000, examples: [36_900] });
export const currency = Type.String({ pattern: '^[A-Z]{3}$', examples: ['EUR'] });
export const time = Type.String({ format: 'date-time', examples: ['2026-01-15T09:30:00.000Z'] });
export const line = Type.Object({ productId, quantity });

/** One line of text: no control characters and no line separators. Lengths are in code points. */
export const text = (maxLength: number, words: { description?: string } = {}) =>
  Type.String({
    ...words,
    minLength: 1,
    maxLength,
    pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]+$',
  });
