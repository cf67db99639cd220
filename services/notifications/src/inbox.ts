/** What the notifications service does about each event: whatever step.ts lists is shown. */
import { orderPlaced } from '@waymark/contracts/orders.ts';
import { on, type Handler } from '@waymark/messaging/inbox.ts';
import type { Notifications } from './notifications.ts';
import { shown } from './step.ts';
import { queriesOn, type NotificationsSchema } from './store.ts';

export function handlers(notifications: Notifications): Handler<NotificationsSchema>[] {
  return shown.map(([contract, state]) =>
    contract === orderPlaced
      ? on(orderPlaced, async (tx, data, event) => {
          await notifications.placed(queriesOn(tx), data);
          await notifications.show(event, state);
        })
      : on(contract, (_tx, _data, event) => notifications.show(event, state)),
  );
}
