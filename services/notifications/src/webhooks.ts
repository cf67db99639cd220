/** Use cases of webhooks: partners register addresses, see what was delivered, and have it delivered again. */
import { httpErrors } from '@waymark/http/errors.ts';
import { Problem } from '@waymark/http/problem.ts';
import { randomBytes } from 'node:crypto';
import type { AddressGuard } from './address.ts';
import type { DeliveriesDeps } from './deliveries.ts';
import { errors } from './errors.ts';
import { stepOf, type Told } from './step.ts';
import type { NotificationsQueries, PageRequest } from './store.ts';
import {
  changeWebhook,
  eventTypes,
  isActive,
  payloadOf,
  type Webhook,
  type WebhookChange,
} from './webhook.ts';

export interface WebhooksDeps extends Pick<DeliveriesDeps, 'store' | 'clock'> {
  guard: AddressGuard;
  newId: () => string;
  /** Called when a delivery became due. */
  due: () => void;
}

const PER_PARTNER = 20;
/** The spec asks for 24 to 64. */
const SECRET_BYTES = 32;

export function createWebhooks({ store, guard, clock, newId, due }: WebhooksDeps) {
  async function get(partnerId: string, id: string): Promise<Webhook> {
    return found(await store.findWebhook(partnerId, id));
  }

  let announced = false;

  return {
    get,

    /** Throws `unknown-event-type`, `webhook-url-refused` or `too-many-webhooks`. */
    async register(partnerId: string, asked: { url: string; eventTypes: string[] }) {
      checkEventTypes(asked.eventTypes);
      await guard.checkUrl(asked.url);
      const webhook: Webhook = {
        id: newId(),
        partnerId,
        ...asked,
        secret: `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`,
        createdAt: clock(),
        disabledAt: null,
        version: 1,
      };
      await store.transaction(async (tx) => {
        const count = await tx.countWebhooksLocked(partnerId);
        if (count >= PER_PARTNER) throw new Problem(errors['too-many-webhooks']);
        await tx.insertWebhook(webhook);
      });
      return webhook;
    },

    /** Makes a delivery for each webhook that listens. In the inbox's transaction, so that both are there or neither. */
    async announce(tx: NotificationsQueries, told: Told[]) {
      const events = told.flatMap(({ event, state }) => {
        const step = stepOf(event, state);
        if (!eventTypes.some((type) => type === step.step)) return [];
        return [{ id: event.id, type: step.step, body: payloadOf(step) }];
      });
      if (events.length === 0) return;
      const inserted = await tx.insertDeliveries(events, clock());
      if (inserted > 0) announced = true;
    },

    /** Call it after each commit of the inbox. */
    committed() {
      if (announced) due();
      announced = false;
    },

    list: (partnerId: string, page: PageRequest) => store.listWebhooks(partnerId, page),

    /**
     * What waits for a webhook goes to its new address, and has failed where it is switched off. Throws
     * `unknown-event-type`, `webhook-url-refused`, and what `check` throws when it is shown the webhook.
     */
    async change({ partnerId, id, change }: ChangeWebhook, check: Check): Promise<Webhook> {
      if (change.eventTypes !== undefined) checkEventTypes(change.eventTypes);
      if (change.url !== undefined) await guard.checkUrl(change.url);
      return store.transaction(async (tx) => {
        const webhook = found(await tx.findWebhookForUpdate(partnerId, id));
        check(webhook);
        const changed = changeWebhook(webhook, change, clock());
        if (changed !== webhook) await tx.saveWebhook(changed);
        if (!isActive(changed)) await tx.failDeliveries(id);
        return changed;
      });
    },

    /** Takes its deliveries with it. Throws what `check` throws when it is shown the webhook. */
    async remove(partnerId: string, id: string, check: Check) {
      await store.transaction(async (tx) => {
        check(found(await tx.findWebhookForUpdate(partnerId, id)));
        await tx.deleteWebhook(id);
      });
    },

    async listDeliveries(partnerId: string, id: string, page: PageRequest) {
      await get(partnerId, id);
      return store.listDeliveries(id, page);
    },

    /** At once, with all attempts before it again. Throws `webhook-disabled`. */
    async redeliver(partnerId: string, id: string, deliveryId: string) {
      const { disabledAt } = await get(partnerId, id);
      if (disabledAt !== null) throw new Problem(errors['webhook-disabled']);
      const delivery = await store.redeliver(id, deliveryId, clock());
      if (delivery === undefined) throw new Problem(httpErrors['not-found']);
      due();
      return delivery;
    },
  };
}

interface ChangeWebhook {
  partnerId: string;
  id: string;
  change: WebhookChange;
}

function checkEventTypes(asked: string[]): void {
  const unknown = asked.filter((type) => !eventTypes.some((one) => one === type));
  if (unknown.length > 0) {
    throw new Problem(errors['unknown-event-type'], undefined, { eventTypes: unknown });
  }
}

type Check = (webhook: Webhook) => void;

function found(webhook: Webhook | undefined): Webhook {
  if (webhook === undefined) throw new Problem(httpErrors['not-found']);
  return webhook;
}

export type Webhooks = ReturnType<typeof createWebhooks>;
