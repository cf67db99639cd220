/** SQL of the notifications service, and nothing else. */
import type { Executor } from '@waymark/database/connect.ts';
import type { InboxTables } from '@waymark/messaging/handler.ts';
import { sql, type Kysely } from 'kysely';
import type { Delivery, Webhook } from './webhook.ts';

export interface NotificationsSchema extends InboxTables {
  owners: { order_id: string; customer_id: string };
}

/** Newest first; the store answers one row more than `limit`, to tell whether there is another page. */
export interface PageRequest {
  after: { createdAt: number; id: string } | undefined;
  limit: number;
}

const webhookColumns = sql`id, partner_id as "partnerId", url, event_types as "eventTypes", secret,
  created_at as "createdAt", disabled_at as "disabledAt", version`;
const deliveryColumns = sql`id, event_type as "eventType", state, attempts, last_status as "lastStatus",
  next_attempt_at as "nextAttemptAt", created_at as "createdAt"`;

export type NotificationsStore = ReturnType<typeof createStore>;
export type NotificationsQueries = ReturnType<typeof queriesOn>;

export function createStore(db: Kysely<NotificationsSchema>) {
  return {
    ...queriesOn(db),
    transaction: <T>(work: (tx: NotificationsQueries) => Promise<T>): Promise<T> =>
      db.transaction().execute((tx) => work(queriesOn(tx))),
  };
}

export function queriesOn(db: Executor<NotificationsSchema>) {
  return { ...ownerQueries(db), ...webhookQueries(db), ...deliveryQueries(db) };
}

function ownerQueries(db: Executor<NotificationsSchema>) {
  return {
    async saveOwners(orders: { orderId: string; customerId: string }[]): Promise<void> {
      await sql`
        insert into owners (order_id, customer_id)
        select "orderId", "customerId"
        from jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) as placed ("orderId" uuid, "customerId" text)
        on conflict do nothing`.execute(db);
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

function webhookQueries(db: Executor<NotificationsSchema>) {
  return {
    /** Nobody else registers one for this partner until the transaction ends. */
    async countWebhooksLocked(partnerId: string): Promise<number> {
      await sql`select pg_advisory_xact_lock(hashtextextended(${partnerId}, 0))`.execute(db);
      const { rows } = await sql<{ count: number }>`
        select count(*) from webhooks where partner_id = ${partnerId}`.execute(db);
      return rows[0]?.count ?? 0;
    },

    async insertWebhook({ id, partnerId, url, eventTypes, secret, createdAt }: Webhook) {
      await sql`
        insert into webhooks (id, partner_id, url, event_types, secret, created_at)
        values (${id}, ${partnerId}, ${url}, ${eventTypes}, ${secret}, ${createdAt})`.execute(db);
    },

    async findWebhook(partnerId: string, id: string): Promise<Webhook | undefined> {
      const { rows } = await sql<Webhook>`
        select ${webhookColumns} from webhooks
        where id = ${id} and partner_id = ${partnerId}`.execute(db);
      return rows[0];
    },

    async findWebhookForUpdate(partnerId: string, id: string): Promise<Webhook | undefined> {
      const { rows } = await sql<Webhook>`
        select ${webhookColumns} from webhooks
        where id = ${id} and partner_id = ${partnerId} for update`.execute(db);
      return rows[0];
    },

    async listWebhooks(partnerId: string, { after, limit }: PageRequest): Promise<Webhook[]> {
      const { rows } = await sql<Webhook>`
        select ${webhookColumns} from webhooks where partner_id = ${partnerId} and ${isAfter(after)}
        order by created_at desc, id desc limit ${limit + 1}`.execute(db);
      return rows;
    },

    async deleteWebhook(id: string): Promise<void> {
      await sql`delete from webhooks where id = ${id}`.execute(db);
    },

    async saveWebhook({ id, url, eventTypes, disabledAt, version }: Webhook): Promise<void> {
      await sql`
        update webhooks set url = ${url}, event_types = ${eventTypes}, disabled_at = ${disabledAt},
          version = ${version} where id = ${id}`.execute(db);
    },
  };
}

function deliveryQueries(db: Executor<NotificationsSchema>) {
  return {
    /** One of each event for each webhook that listens to such, none a second time; returns how many that were. */
    async insertDeliveries(events: Record<'id' | 'type' | 'body', string>[], now: Date) {
      const { numAffectedRows } = await sql`
        insert into deliveries (webhook_id, event_id, event_type, body, state, next_attempt_at, created_at)
        select w.id, e.id, e.type, e.body, 'pending', ${now}::timestamptz, ${now}::timestamptz
        from jsonb_to_recordset(${JSON.stringify(events)}::jsonb) as e (id text, type text, body text)
          join webhooks w on e.type = any(w.event_types)
        where w.disabled_at is null
        for key share of w on conflict do nothing`.execute(db);
      return Number(numAffectedRows);
    },

    /**
     * Marks those that are due as queued, and those that have been in the queue since before `lostBefore` again;
     * whoever asks meanwhile gets others.
     */
    async takeDueDeliveries(
      { now, lostBefore }: Record<'now' | 'lostBefore', Date>,
      limit: number,
    ) {
      const { rows } = await sql<{ id: string; attempts: number; partnerId: string }>`
        update deliveries d set queued = true, queued_at = ${now} from webhooks w
        where w.id = d.webhook_id and d.id in (
          select id from deliveries where state = 'pending'
            and ((not queued and next_attempt_at <= ${now}) or (queued and queued_at < ${lostBefore}))
          order by next_attempt_at limit ${limit} for update skip locked)
        returning d.id, d.attempts, w.partner_id as "partnerId"`.execute(db);
      return rows;
    },

    /** Undefined where that attempt was made already, or there is nobody to make it for. */
    async findDeliveryToPost(id: string, attempts: number) {
      const { rows } = await sql<PostRow>`
        select d.id, d.webhook_id as "webhookId", w.partner_id as "partnerId", d.body, w.url, w.secret
        from deliveries d join webhooks w on w.id = d.webhook_id
        where d.id = ${id} and d.state = 'pending' and d.attempts = ${attempts}`.execute(db);
      return rows[0];
    },

    /** False, and nothing done, where another worker has recorded the same attempt. */
    async saveAttempt(
      { id, attempt }: { id: string; attempt: number },
      outcome: Pick<Delivery, 'state' | 'lastStatus' | 'nextAttemptAt'> & { now: Date },
    ): Promise<boolean> {
      const { state, lastStatus, nextAttemptAt, now } = outcome;
      const { numAffectedRows } = await sql`
        update deliveries set state = ${state}, attempts = ${attempt}, last_status = ${lastStatus},
          next_attempt_at = ${nextAttemptAt}, last_attempt_at = ${now}, queued = false
        where id = ${id} and state = 'pending' and attempts = ${attempt - 1}`.execute(db);
      return numAffectedRows === 1n;
    },

    /** Returns how many that were. */
    async failDeliveries(webhookId: string): Promise<number> {
      const { numAffectedRows } = await sql`
        update deliveries set state = 'failed', next_attempt_at = null
        where webhook_id = ${webhookId} and state = 'pending'`.execute(db);
      return Number(numAffectedRows);
    },

    async countWaiting(): Promise<number> {
      const { rows } = await sql<{ count: number }>`select count(*) from (
        select from deliveries where state = 'pending' limit 10000) waiting`.execute(db);
      return rows[0]?.count ?? 0;
    },

    async deleteEnded(before: Date, limit: number): Promise<number> {
      const { numAffectedRows } = await sql`
        delete from deliveries where id in (
          select id from deliveries
          where state <> 'pending' and coalesce(last_attempt_at, created_at) < ${before}
          order by coalesce(last_attempt_at, created_at) limit ${limit}
          for update skip locked)`.execute(db);
      return Number(numAffectedRows);
    },

    async listDeliveries(webhookId: string, { after, limit }: PageRequest): Promise<Delivery[]> {
      const { rows } = await sql<Delivery>`
        select ${deliveryColumns} from deliveries where webhook_id = ${webhookId} and ${isAfter(after)}
        order by created_at desc, id desc limit ${limit + 1}`.execute(db);
      return rows;
    },

    /** One that waits comes at once; one that is in the queue already stays there. */
    async redeliver(webhookId: string, id: string, now: Date): Promise<Delivery | undefined> {
      const { rows } = await sql<Delivery>`
        update deliveries set state = 'pending', next_attempt_at = ${now},
          attempts = case state when 'pending' then attempts else 0 end,
          queued = queued and state = 'pending'
        where id = ${id} and webhook_id = ${webhookId} returning ${deliveryColumns}`.execute(db);
      return rows[0];
    },
  };
}

interface PostRow {
  id: string;
  webhookId: string;
  partnerId: string;
  body: string;
  url: string;
  secret: string;
}

function isAfter(after: PageRequest['after']) {
  if (after === undefined) return sql<boolean>`true`;
  const createdAt = new Date(after.createdAt);
  return sql<boolean>`(created_at, id) < (${createdAt}::timestamptz, ${after.id}::uuid)`;
}
