/** Use cases of the notifications service: put an event on the order's feed, and let its owner follow it. */
import type { EventData } from '@waymark/contracts/define-event.ts';
import { orderPlaced } from '@waymark/contracts/orders.ts';
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import type { Feed } from '@waymark/messaging/feed.ts';
import { currentContext } from '@waymark/telemetry/context.ts';
import { errors } from './errors.ts';
import type { Freshness } from './freshness.ts';
import type { Asking, OrderLookup } from './order-lookup.ts';
import { stepOf, type Step, type Told, type Update } from './step.ts';
import type { NotificationsQueries, NotificationsStore } from './store.ts';

export interface NotificationsDeps {
  store: NotificationsStore;
  feed: Feed;
  orders: OrderLookup;
  freshness: Freshness;
}

export interface FollowOptions {
  after: string | undefined;
  waitMs: number;
  signal: AbortSignal;
}

const READ_LIMIT = 50;

/** What the feed holds. */
type Entry = Step & { traceparent?: string | undefined };

export function createNotifications({ store, feed, orders, freshness }: NotificationsDeps) {
  return {
    /** The feed is not in the inbox's transaction; that the same event twice is one entry makes up for it. */
    async show({ event, state }: Told) {
      // Beside the step goes the trace of the order, so that sending the step can be a part of it.
      const step = stepOf(event, state);
      const entry: Entry = { ...step, traceparent: currentContext()?.traceparent };
      await feed.append(feedOf(event.subject), { key: event.id, value: JSON.stringify(entry) });
      freshness.appended(step);
    },

    async placed(tx: NotificationsQueries, told: Told[]) {
      const placed = told.filter(({ event }) => event.type === orderPlaced.type);
      const owners = placed.map(({ event }) => event.data as EventData<typeof orderPlaced>);
      if (owners.length > 0) await tx.saveOwners(owners);
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

    /** Throws `last-event-id-invalid` for an id that this feed never gives out, before a stream is open. */
    async checkResumable(orderId: string, after: string) {
      try {
        await feed.read(feedOf(orderId), { after, limit: 1, waitMs: 0 });
      } catch (error) {
        if (error instanceof TypeError) throw new Problem(errors['last-event-id-invalid']);
        // A feed that is away breaks the stream, after which a client comes back by itself; it does not after a 503.
      }
    },

    async follow(orderId: string, { after, waitMs, signal }: FollowOptions): Promise<Update[]> {
      const options = { after, limit: READ_LIMIT, waitMs, signal };
      const entries = await feed.read(feedOf(orderId), options);
      return entries.map(({ id, value }) => {
        const { traceparent, ...step } = JSON.parse(value) as Entry;
        return { id, step, traceparent };
      });
    },
  };
}

export type Notifications = ReturnType<typeof createNotifications>;

function feedOf(orderId: string): string {
  return `order:${orderId}`;
}
