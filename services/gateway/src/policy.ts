/**
 * Who may ask for which root field of the graph; the door's REST side is the table of routing.ts. Whose order it is,
 * the orders service knows, which is asked in the caller's name. Support works over REST.
 */
import { anyone, type Policy } from '@waymark/tokens/policy.ts';

export const policy = {
  product: anyone,
  products: anyone,
  order: { own: 'orders:read' },
  orders: { own: 'orders:read' },
  placeOrder: { own: 'orders:write' },
  cancelOrder: { own: 'orders:write' },
  orderUpdates: { own: 'orders:read' },
} satisfies Policy;
