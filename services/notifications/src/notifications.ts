/** Use cases of the notifications service: put an event on the order's feed, and let its owner follow it. */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { Event } from '@waymark/messaging/event.ts';
import type { Feed, FeedEntry } from '@waymark/messaging/feed.ts';
import type { Asking, OrderLookup } from './order-lookup.ts';
import { stepOf, type Step } from './step.ts';
import type { NotificationsQueries, NotificationsStore } from './store.ts';

export interface NotificationsDeps {
  store: NotificationsStore;
  feed: Feed;
  orders: OrderLookup;
}

export interface FollowOptions {
  after: string | undefined;
  waitMs: number;
  signal: AbortSignal;
}

const READ_LIMIT = 50;

export function createNotifications({ store, feed, orders }: NotificationsDeps) {
  return {
    /** The feed is not in the inbox's transaction; that the same event twice is one entry makes up for it. */
    async show(event: Event, state: Step['state']) {
      const step = stepOf(event, state);
      await feed.append(feedOf(event.subject), { key: event.id, value: JSON.stringify(step) });
    },

    async placed(tx: NotificationsQueries, order: { orderId: string; customerId: string }) {
      await tx.saveOwner(order.orderId, order.customerId);
    },

    /** Throws `not-found` for another customer's order too, and `unavailable` where nobody can say. */
    async checkOwner(orderId: string, caller: Asking & { subject: string }) {
      const owner = await store.findOwner(orderId);
      if (owner === caller.subject) return;
      if (owner !== undefined) throw new Problem(httpErrors['not-found']);
      // #region not-heard-of-yet
      // The answer to "place order" can be at the customer before the event is here. Saying "not found" then
      // would be wrong, and waiting would be a guess; the orders service knows, and asks the caller's token.
      if (!(await orders.exists(orderId, caller))) {
        throw new Problem(httpErrors['not-found']);
      }
      // #endregion
    },

    follow(orderId: string, { after, waitMs, signal }: FollowOptions): Promise<FeedEntry[]> {
      return feed.read(feedOf(orderId), { after, limit: READ_LIMIT, waitMs, signal });
    },
  };
}

export type Notifications = ReturnType<typeof createNotifications>;

function feedOf(orderId: string): string {
  return `order:${orderId}`;
}
