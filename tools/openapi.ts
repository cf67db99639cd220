/**
 * The public API as an OpenAPI 3.1 document, made from the gateway's routing table and the services' own routes,
 * schemas and errors. `npm run docs` writes it to docs/openapi/v1.json, and the gateway serves that file at
 * /docs/openapi.json. Why this is not left to a plugin: docs/decisions/0013-openapi-document.md.
 */
import { problemDocument } from '@waymark/http/problem.ts';
import { API_SCOPES, SIGN_IN_SCOPES } from '../services/identity/src/clients.ts';
import { SCOPE_TEXTS } from '../services/identity/src/pages.ts';
import type { Schema } from './compare-schemas.ts';
import { headers, problem } from './openapi-components.ts';
import { operationOf, unchanged, type Components } from './openapi-operation.ts';
import { webhooksOf } from './openapi-webhooks.ts';
import { readPublicRoutes } from './public-routes.ts';

/** In the order of the page; an operation of any version belongs to the first whose path its own begins with. */
const tags = [
  {
    name: 'Sign-in',
    path: '/identity/',
    description: 'How to come by the access token that everything but reading products needs.',
  },
  { name: 'Products', path: '/v1/products', description: 'What the shop sells, open to all.' },
  { name: 'Orders', path: '/v1/orders', description: 'Orders of the customer whose token it is.' },
  { name: 'Stock', path: '/v1/stock', description: 'What is in the house, for the shop’s staff.' },
  {
    name: 'Webhooks',
    path: '/v1/webhooks',
    description:
      'Tells partners what becomes of all orders of the shop, by requests to an address of theirs. Partners are told an id and a state; whoever’s order it is can read the rest.',
  },
];

const description = `An outdoor-gear shop. Products can be read by anybody; for all else get a token (\`getToken\`), send it as \`Authorization: Bearer <token>\`, and then \`placeOrder\` and \`followOrder\`.

**To try it out**, ask whoever runs the installation for a client, or a person, and its secret. One that was started from the source has these; \`npm run clients\` there prints all secrets and passwords, \`npm run token\` a token.

| client | gets tokens by | may ask for |
|---|---|---|
| \`ada\`, \`bob\` | \`client_credentials\`, with a secret | \`orders:read orders:write\` |
| \`partner\` | the same | \`webhooks:read webhooks:write\` |
| \`outfitter\` | the same, with a signature for a secret | \`webhooks:read webhooks:write\` |
| \`sam\` | the same as \`ada\` | \`support:read support:refund\` |
| \`staff\` | the same as \`ada\` | \`catalog:write inventory:read inventory:write\` |
| \`shop-web\` | \`authorization_code\`, no secret, at \`http://localhost/callback\` with any port | \`openid offline_access orders:read orders:write\` |
| \`command-line\` | the device flow, no secret | the same, and \`support:read support:refund\` |

A client that acts for itself is a customer like any other. The people \`ada\`, \`bob\` and \`sam\`, of the support, sign in with a password; their orders are those of the client with the same name. A request for a scope that the client may not have fails as a whole, with \`invalid_scope\`.

The same shop is a graph at \`/graphql\` (GraphQL; a query of \`__schema\` describes it), with the same tokens, errors and limits. Browser pages of other origins get tokens here and nothing else (there is no CORS): an app in a browser needs a server of its own.

**Money** in orders and in v1 is whole cents with a currency by ISO 4217, and a decimal text in products of v2. **Times** are UTC by RFC 3339. A **query parameter** or field of a body that an operation does not name is a 400.

**Errors** are problem documents (RFC 9457). Branch on \`code\`, which is stable; \`detail\` is for people. New codes can come, so treat one that you do not know by its status. \`type\` leads to the page of all codes, \`/docs/errors\`. A 503 or 504 says that the request can be sent again, an order with the same \`Idempotency-Key\`. Three places answer in other forms, and this document does not describe them: the token endpoint (RFC 6749), \`/graphql\` (\`errors[].extensions.code\`), and the pages on which people sign in (HTML).

**Pages**: a list answers \`items\` and \`nextCursor\`. Send it back as \`cursor\`, with the other parameters unchanged, or follow the \`Link\` with \`rel="next"\`, until there is none.

**Limits**: \`RateLimit\` says what is left and \`RateLimit-Policy\` of what (draft-ietf-httpapi-ratelimit-headers). They count for each client and person, and where there is no valid token for each address (\`public\`, \`sign-in\`, \`refused\`). A 429 has done nothing; \`Retry-After\` says when to come back.

**Conditions**: a single thing and a page of products come with an \`ETag\`. Send it as \`If-None-Match\`, and what has not changed is a 304 without a body; send it as \`If-Match\` with a change, and nothing is overwritten that you have not seen (412). Where a change requires it, it is a 428 without.

**Compatibility**: within v1, fields of answers, optional parameters, operations and error codes may come, and nothing goes or changes its meaning. Ignore fields that you do not know. What has to change comes beside the old, below \`/v2\`; the old then says in \`Deprecation\`, \`Sunset\` and \`Link\` what to use, and until when it stays. \`/docs/api-evolution\` explains it.

Every GET but a stream answers HEAD too. Another method is 405 with \`Allow\`.`;

/** Plain JSON, as it is written to docs/openapi/v1.json. */
export function openApiDocument(): Schema {
  const components: Components = {
    schemas: { Problem: problem },
    responses: { unchanged },
    errors: new Map(),
  };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of readPublicRoutes()) {
    const item = (paths[route.path] ??= {});
    item[route.method] = operationOf(route, tagOf(route.path), components);
  }
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Waymark',
      version: '1.0.0',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: '{origin}',
        description: 'The platform that npm start or docker compose up has started.',
        variables: {
          origin: { default: 'http://localhost:8080', description: 'Where the gateway is.' },
        },
      },
    ],
    tags: tags.map(({ name, description }) => ({ name, description })),
    paths,
    webhooks: webhooksOf('Webhooks'),
    components: {
      schemas: components.schemas,
      responses: components.responses,
      headers,
      securitySchemes,
      examples: Object.fromEntries(
        [...components.errors.values()].map((kind) => {
          const value = problemDocument(kind, kind.when, {});
          return [kind.code, { summary: kind.title, value }];
        }),
      ),
    },
  };
  return JSON.parse(JSON.stringify(document)) as Schema;
}

function tagOf(path: string): string {
  const tag = tags.find((one) => path.replace(/^\/v\d+/, '/v1').startsWith(one.path));
  if (tag === undefined) throw new Error(`${path}: give tools/openapi.ts a tag for it`);
  return tag.name;
}

const textsOf = (scopes: readonly string[]) =>
  Object.fromEntries(scopes.map((scope) => [scope, SCOPE_TEXTS[scope]]));

/** Addresses without an origin are those of the server. */
const securitySchemes = {
  oauth2: {
    type: 'oauth2',
    description: 'Tokens live for five minutes. Each operation names the scope that it needs.',
    flows: {
      clientCredentials: { tokenUrl: '/identity/token', scopes: textsOf(API_SCOPES) },
      authorizationCode: {
        authorizationUrl: '/identity/auth',
        tokenUrl: '/identity/token',
        refreshUrl: '/identity/token',
        scopes: textsOf([...SIGN_IN_SCOPES, ...API_SCOPES]),
      },
    },
  },
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'A token that you have, by `getToken` or another way. On the page of this document: paste it here.',
  },
  clientSecret: {
    type: 'http',
    scheme: 'basic',
    description: 'The id and the secret of a client that acts for itself.',
  },
};
