/** Settings of the identity service, and its only reader of process.env. */
import { readConfig } from '@waymark/config/read-config.ts';
import { keyRingConfig } from '@waymark/envelope/key-ring.ts';
import { lifecycleConfig } from '@waymark/lifecycle/run-service.ts';
import { Type } from 'typebox';

export const config = () =>
  readConfig(
    Type.Object({
      ...lifecycleConfig,
      ...keyRingConfig,
      /** Keys what people are found by, such as e-mail addresses. Another one finds nobody until the next start. */
      BLIND_INDEX_KEY: Type.String({ minLength: 32 }),
      DATABASE_URL: Type.String(),
      /** The address that the outside knows, with the path that this service lives under; the tokens' `iss`. */
      ISSUER: Type.String({ pattern: '^https?://[^/?#]+(/[\\w.-]+)+$' }),
      /** The API that tokens are for; their `aud`. */
      AUDIENCE: Type.String({ default: 'urn:waymark:api' }),
      /** The list of clients as JSON (clients.ts). It holds secrets, so it is given as a file: CLIENTS_FILE. */
      CLIENTS: Type.String(),
      /** The list of people as JSON (people.ts), a file for the same reason: PEOPLE_FILE. */
      PEOPLE: Type.String({ default: '[]' }),
    }),
    process.env,
  );
