/** SQL of the notifications service, and nothing else. */
import type { Executor } from '@waymark/database/connect.ts';
import type { InboxTables } from '@waymark/messaging/inbox.ts';

export interface NotificationsSchema extends InboxTables {
  owners: { order_id: string; customer_id: string };
}

export type NotificationsStore = ReturnType<typeof queriesOn>;
export type NotificationsQueries = NotificationsStore;

export function queriesOn(db: Executor<NotificationsSchema>) {
  return {
    async saveOwner(orderId: string, customerId: string): Promise<void> {
      await db
        .insertInto('owners')
        .values({ order_id: orderId, customer_id: customerId })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    async findOwner(orderId: string): Promise<string | undefined> {
      const row = await db
        .selectFrom('owners')
        .select('customer_id')
        .where('order_id', '=', orderId)
        .executeTakeFirst();
      return row?.customer_id;
    },
  };
}
