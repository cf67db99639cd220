/**
 * What the notifications service does about each event: whatever step.ts lists is shown, and what changes an
 * order's state goes to the webhooks that listen to it.
 */
import type { EventData } from '@waymark/contracts/define-event.ts';
import { orderPlaced } from '@waymark/contracts/orders.ts';
import { on, type Handler } from '@waymark/messaging/inbox.ts';
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
      await notifications.show(event, state);
      await webhooks.announce(queries, event, state);
    }),
  );
}
