/** Settings of the gateway, and its only reader of process.env. */
import { readConfig } from '@waymark/config/read-config.ts';
import { lifecycleConfig } from '@waymark/lifecycle/run-service.ts';
import { tokenConfig } from '@waymark/tokens/verifier.ts';
import { Type } from 'typebox';

/** An origin without a path: requests keep the path that they came with, so a prefix would be lost silently. */
const origin = () => Type.String({ pattern: '^https?://[^/?#]+/?$' });

export const config = () =>
  readConfig(
    Type.Object({
      ...lifecycleConfig,
      ...tokenConfig,
      CATALOG_URL: origin(),
      ORDERS_URL: origin(),
      INVENTORY_URL: origin(),
      NOTIFICATIONS_URL: origin(),
      IDENTITY_URL: origin(),
      KEY_VALUE_URL: Type.String(),
      /** Every limit of limits.ts times this; 0 switches them off. */
      RATE_LIMIT_SCALE: Type.Integer({ minimum: 0, maximum: 1000, default: 1 }),
      /** Proxies of ours that a request comes through: how much of the end of X-Forwarded-For is true. */
      TRUSTED_PROXIES: Type.Integer({ minimum: 0, maximum: 10, default: 0 }),
      /** Whether /graphql describes its schema, and shows the page to try it out to a browser. */
      GRAPHQL_EXPLORER: Type.Union([Type.Literal('true'), Type.Literal('false')], {
        default: 'false',
      }),
      /** Whether /graphql refuses what is not in docs/graphql/operations; an explorer is of no use then. */
      GRAPHQL_ONLY_PERSISTED: Type.Union([Type.Literal('true'), Type.Literal('false')], {
        default: 'false',
      }),
      /** How long a service may take for a whole answer, or for the start of one that is streamed. */
      DEADLINE_MS: Type.Integer({ minimum: 1, maximum: 60_000, default: 5000 }),
    }),
    process.env,
  );
