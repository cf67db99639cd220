/** Settings of the orders service, and its only reader of process.env. */
import { readConfig } from '@waymark/config/read-config.ts';
import { keyRingConfig } from '@waymark/envelope/key-ring.ts';
import { lifecycleConfig } from '@waymark/lifecycle/run-service.ts';
import { tokenConfig } from '@waymark/tokens/verifier.ts';
import { Type } from 'typebox';

export const config = () =>
  readConfig(
    Type.Object({
      ...lifecycleConfig,
      ...tokenConfig,
      ...keyRingConfig,
      DATABASE_URL: Type.String(),
      EVENT_LOG_URL: Type.String(),
      /** An order that is undecided after this many seconds is cancelled. */
      ORDER_DEADLINE_SECONDS: Type.Integer({ minimum: 1, default: 120 }),
      /** While more have waited for half as long, no more are taken. Few that are stuck, by a product or a card, close no shop. */
      MAX_LATE_ORDERS: Type.Integer({ minimum: 0, default: 100 }),
    }),
    process.env,
  );
