/** Settings of the card processor, and its only reader of process.env. */
import { readConfig } from '@waymark/config/read-config.ts';
import { lifecycleConfig } from '@waymark/lifecycle/run-service.ts';
import { Type } from 'typebox';

export const config = () =>
  readConfig(
    Type.Object({
      ...lifecycleConfig,
      DATABASE_URL: Type.String(),
      PSP_API_KEY: Type.String({ minLength: 16 }),
      /** How long an answer to `tok_slow` takes: longer than payments waits. */
      SLOW_MS: Type.Integer({ minimum: 0, default: 4000 }),
    }),
    process.env,
  );
