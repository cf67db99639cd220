/** Follows one order live and prints each step with the time since the order was sent. */
import type { Shop } from './shop.ts';

const FOLLOW_MS = 60_000;

/** Returns the state that the order ends in, or undefined where it does not within a minute. */
export async function followOrder(
  shop: Shop,
  order: { as: string; id: string; sentAt: number },
  print: (line: string) => void,
): Promise<string | undefined> {
  const over = new AbortController();
  const timer = setTimeout(() => {
    over.abort();
  }, FOLLOW_MS);
  try {
    for await (const { step, state, reason } of shop.follow(order.as, order.id, over.signal)) {
      const elapsed = `${String(Math.round(performance.now() - order.sentAt))} ms`.padStart(8);
      const means = state === undefined ? '' : ` -> ${state}`;
      print(`${elapsed}  ${step}${means}${reason === undefined ? '' : ` (${reason})`}`);
      if (state === 'confirmed' || state === 'cancelled') return state;
    }
    return undefined;
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

/** A few pieces of a few products, different from call to call. */
export async function chooseLines(shop: Shop): Promise<{ productId: string; quantity: number }[]> {
  const products = await shop.products(100);
  return [1, 2, 3].flatMap((quantity) => {
    const [product] = products.splice(Math.floor(Math.random() * products.length), 1);
    return product === undefined ? [] : [{ productId: product.id, quantity }];
  });
}
