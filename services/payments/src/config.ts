/** Settings of the payments service, and its only reader of process.env. */
import { readConfig } from '@waymark/config/read-config.ts';
import { lifecycleConfig } from '@waymark/lifecycle/run-service.ts';
import { Type } from 'typebox';

export const config = () =>
  readConfig(
    Type.Object({
      ...lifecycleConfig,
      DATABASE_URL: Type.String(),
      EVENT_LOG_URL: Type.String(),
      PSP_URL: Type.String(),
      PSP_API_KEY: Type.String({ minLength: 16 }),
      /** How long to wait for the card processor before the outcome counts as unknown; well below the lease. */
      PSP_TIMEOUT_MS: Type.Integer({ minimum: 1, maximum: 5000, default: 2000 }),
    }),
    process.env,
  );
