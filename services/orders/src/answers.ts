/** An order as the outside sees it: fewer states than the saga has, and none that an old client does not know. */
import { currency, productId, quantity, time } from '@waymark/contracts/fields.ts';
import { cancelReason, refundReason } from '@waymark/contracts/orders.ts';
import { Type } from 'typebox';
import type { Order, OrderState } from './order.ts';

const reasons = cancelReason.anyOf.map((one) => `\`${one.const}\``).join(', ');

export const orderAnswer = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    state: Type.Union(
      [Type.Literal('placed'), Type.Literal('confirmed'), Type.Literal('cancelled')],
      {
        description:
          '`placed` until stock and payment have said yes or no. A refunded order stays `confirmed`.',
      },
    ),
    reason: Type.Optional(
      Type.String({
        description: `Why the order was cancelled: ${reasons}. Others may come.`,
      }),
    ),
    lines: Type.Array(
      Type.Object({
        productId,
        quantity,
        priceCents: Type.Integer({ description: 'Of one piece, when the order was placed.' }),
      }),
    ),
    totalCents: Type.Integer({ description: 'Of all lines.' }),
    currency,
    placedAt: time,
    refund: Type.Optional(
      Type.Object(
        {
          reason: refundReason,
          state: Type.Union([Type.Literal('requested'), Type.Literal('done')]),
          requestedAt: time,
        },
        { description: 'Where the support gave the whole amount back.', title: 'Refund' },
      ),
    ),
  },
  { title: 'Order' },
);

// #region a-refund-is-a-field
// Inside, an order goes on from confirmed to refunding and refunded. Outside it stays confirmed and gains a field: a
// client that was written before knows three states, and whatever it does with a fourth, nobody tested. A field that
// it does not know it leaves alone. An undecided order is `placed` for the same reason.
export function toAnswer({ id, progress, lines, totalCents, currency, placedAt }: Order) {
  const state = publicStates[progress.state];
  const reason = progress.state === 'cancelled' ? { reason: progress.reason } : {};
  const refund = 'refund' in progress ? { refund: toRefundAnswer(progress) } : {};
  const placed = { lines, totalCents, currency, placedAt: placedAt.toISOString() };
  return { id, state, ...reason, ...placed, ...refund };
}

const publicStates = {
  placed: 'placed',
  'awaiting-payment': 'placed',
  confirmed: 'confirmed',
  refunding: 'confirmed',
  refunded: 'confirmed',
  cancelled: 'cancelled',
} as const;
// #endregion

function toRefundAnswer({ state, refund }: Extract<OrderState, { refund: unknown }>) {
  return {
    reason: refund.reason,
    state: state === 'refunded' ? ('done' as const) : ('requested' as const),
    requestedAt: refund.requestedAt.toISOString(),
  };
}
