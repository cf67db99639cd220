/** Settings of the catalog service, and its only reader of process.env. */
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
      KEY_VALUE_URL: Type.String(),
    }),
    process.env,
  );
