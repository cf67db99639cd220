/** Fields that several contracts and APIs share. */
import { Type } from 'typebox';

export const orderId = Type.String({ format: 'uuid' });
export const productId = Type.String({
  pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
  minLength: 1,
  maxLength: 64,
});
export const quantity = Type.Integer({ minimum: 1, maximum: 100 });
/** Money is whole cents; a number in JSON is exact up to 2^53. */
export const cents = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 });
/** One piece of the dearest product, so that no order's total leaves the range above. */
export const priceCents = Type.Integer({ minimum: 0, maximum: 100_000_000 });
export const currency = Type.String({ pattern: '^[A-Z]{3}$' });
export const time = Type.String({ format: 'date-time' });
export const line = Type.Object({ productId, quantity });
