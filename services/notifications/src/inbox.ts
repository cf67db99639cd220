/**
 * What the notifications service does about each event: whatever step.ts lists is shown, and what changes an
 * order's state goes to the webhooks that listen to it.
 */
import type { EventData } from '@waymark/contracts/define-event.ts';
import { orderPlaced } from '@waymark/contracts/orders.ts';
import { causedBy } from '@waymark/messaging/event.ts';
import { on, type Handler } from '@waymark/messaging/handler.ts';
import type { Prepare } from '@waymark/messaging/inbox-effects.ts';
import type { Notifications } from './notifications.ts';
import { shown } from './step.ts';
import { queriesOn, type NotificationsSchema } from './store.ts';
import type { Webhooks } from './webhooks.ts';

export function handlers(
  notifications: Notifications,
  webhooks: Webhooks,
): Handler<NotificationsSchema>[] {
  return shown.map(([contract, state]) =>
    on(contract, async (tx, data, event) => {
      const queries = queriesOn(tx);
      if (contract === orderPlaced) {
        await notifications.placed(queries, data as EventData<typeof orderPlaced>);
      }
      await webhooks.announce(queries, event, state);
    }),
  );
}

/** The feed is another server's, so the events of a transaction go to it side by side, and in one trip. */
export function preparation(notifications: Notifications): Prepare<NotificationsSchema> {
  const states = new Map(shown.map(([contract, state]) => [contract.type, state]));
  return async (_tx, events) => {
    await Promise.all(
      events.map((event) =>
        causedBy(event, () => notifications.show(event, states.get(event.type))),
      ),
    );
  };
}
