/**
 * What the notifications service does about each event: whatever step.ts lists is shown, and what changes an
 * order's state goes to the webhooks that listen to it.
 */
import { causedBy } from '@waymark/messaging/event.ts';
import { on, type Handler } from '@waymark/messaging/handler.ts';
import type { Open, Shared } from '@waymark/messaging/inbox-effects.ts';
import type { Notifications } from './notifications.ts';
import { shown, type Told } from './step.ts';
import { queriesOn, type NotificationsSchema } from './store.ts';
import type { Webhooks } from './webhooks.ts';

interface Work extends Shared {
  told: Told[];
}

export const handlers: Handler<Work>[] = shown.map(([contract, state]) =>
  on(contract, ({ told }, _data, event) => void told.push({ event, state })),
);

export function opening(
  notifications: Notifications,
  webhooks: Webhooks,
): Open<NotificationsSchema, Work> {
  return (tx) => {
    const queries = queriesOn(tx);
    const told: Told[] = [];
    return Promise.resolve({
      told,
      async save() {
        // The feed is another server's, so the events go to it side by side, and in one trip.
        await Promise.all(told.map((one) => causedBy(one.event, () => notifications.show(one))));
        await notifications.placed(queries, told);
        await webhooks.announce(queries, told);
      },
    });
  };
}
