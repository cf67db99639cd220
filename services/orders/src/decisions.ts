/** What is decided of orders in one transaction: each by itself, and all of it saved as one statement. */
import { toRows } from '@waymark/messaging/outbox.ts';
import type { LogRecord } from '@waymark/messaging/event-log.ts';
import type { DecisionMetrics } from './decision-metrics.ts';
import type { Decision, Order } from './order.ts';
import type { OrdersQueries } from './store.ts';

export interface Decisions {
  /** Returns the order as it then is; no decision leaves it alone. */
  take(order: Order, decision: Decision | undefined): Order;
  save(): Promise<void>;
}

export function collectDecisions(
  tx: OrdersQueries,
  { clock, measure }: { clock: () => Date; measure: DecisionMetrics },
): Decisions {
  const decided = new Map<string, Order>();
  const news: LogRecord[] = [];
  return {
    take(order, decision) {
      if (decision === undefined) return order;
      const { progress, events } = decision;
      measure.decided(order, progress, clock());
      // At once: they tell what caused them, and the decisions of one transaction have causes of their own.
      news.push(...toRows('orders', events));
      const after = { ...order, progress };
      decided.set(order.id, after);
      return after;
    },
    async save() {
      if (decided.size > 0) await tx.saveDecisions([...decided.values()], news);
    },
  };
}
