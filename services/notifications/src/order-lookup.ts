/** Asks the orders service whether the caller has such an order, with the caller's own token. */
import type { HttpClient } from '@waymark/http/client.ts';
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';

export interface Asking {
  /** The caller's token, and its proof where it is bound to a key. */
  credentials: { authorization: string; dpop?: string };
  /** How long the caller is willing to wait, where it said so. */
  timeoutMs: number | undefined;
}

export interface OrderLookup {
  /** Throws `unavailable` where the orders service gives no answer. */
  exists(orderId: string, caller: Asking): Promise<boolean>;
}

export function createOrderLookup(http: HttpClient): OrderLookup {
  return {
    async exists(orderId, { credentials, timeoutMs }) {
      const path = `/v1/orders/${orderId}`;
      const answer = await http
        .call({ method: 'GET', path, headers: credentials, timeoutMs })
        .catch(() => undefined);
      if (answer?.status === 200) return true;
      if (answer?.status === 404) return false;
      throw new Problem(httpErrors.unavailable);
    },
  };
}
