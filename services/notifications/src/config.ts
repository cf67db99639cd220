/** Settings of the notifications service, and its only reader of process.env. */
import { readConfig } from '@waymark/config/read-config.ts';
import { lifecycleConfig } from '@waymark/lifecycle/run-service.ts';
import { tokenConfig } from '@waymark/tokens/verifier.ts';
import { Type } from 'typebox';

export const config = () =>
  readConfig(
    Type.Object({
      ...lifecycleConfig,
      ...tokenConfig,
      DATABASE_URL: Type.String(),
      EVENT_LOG_URL: Type.String(),
      FEED_URL: Type.String(),
      ORDERS_URL: Type.String(),
      WORK_QUEUE_URL: Type.String(),
      /** Hosts, with commas between them, that webhooks may lead to though they are private, and over http. */
      WEBHOOKS_PRIVATE_HOSTS: Type.String({ default: '' }),
    }),
    process.env,
  );
