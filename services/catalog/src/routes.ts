/** HTTP of the catalog service: schema in, use case, status out. Reading is public; changing needs a scope. */
import { currency, productId, time, text } from '@waymark/contracts/fields.ts';
import { checkIfMatch } from '@waymark/http/conditional.ts';
import { decodeCursor, nextCursor, pageOf, pageQuery } from '@waymark/http/page.ts';
import type { Server } from '@waymark/http/server-type.ts';
import { requireScope } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import {
  productAnswer,
  productPage,
  tagOfProduct,
  toAnswer,
  type Answer,
  type Answers,
} from './answers.ts';
import type { Catalog } from './catalog.ts';
import { operations } from './operations.ts';
import { policy } from './policy.ts';
import { changeable } from './product.ts';
import { checkSort, positionSchema } from './sort.ts';

const listQuery = Type.Object(
  {
    ...pageQuery,
    category: Type.Optional(text(64, { description: 'Only products of this category.' })),
    // Anything that the database can take: people paste line breaks.
    search: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        pattern: '^[^\\u0000]*$',
        description:
          'As in a web search: words, "phrases", `or`, and a minus before what is not wanted.',
      }),
    ),
    // Not a union of literals: an unknown sort has an error of its own, which lists the known ones.
    sort: Type.Optional(
      Type.String({
        description:
          '`name`, `-name`, `priceCents` or `-priceCents`; in a search also `relevance`, which is then the default.',
      }),
    ),
  },
  { additionalProperties: false },
);

const changeBody = Type.Partial(Type.Object(changeable), {
  additionalProperties: false,
  minProperties: 1,
  title: 'ChangeProduct',
});

const pricePage = Type.Object(
  {
    items: Type.Array(Type.Object({ priceCents: Type.Integer(), currency, changedAt: time })),
    nextCursor,
  },
  { title: 'PricePage' },
);

const idParams = Type.Object({ id: productId });

export interface RouteDeps {
  catalog: Catalog;
  answers: Answers;
  verifier: TokenVerifier;
}

export function registerRoutes(server: Server, { catalog, answers, verifier }: RouteDeps): void {
  server.get(
    '/v1/products',
    {
      onRequest: requireScope(verifier, policy.read),
      config: { operation: operations.listProducts },
      schema: { querystring: listQuery, response: { 200: readyText(productPage) } },
    },
    async (request, reply) => {
      const { limit, cursor, category } = request.query;
      const search = request.query.search?.trim();
      const sort = checkSort(request.query.sort, search);
      const after =
        cursor === undefined ? undefined : decodeCursor(positionSchema(sort, search), cursor);
      return send(reply, await answers.list({ sort, category, search, after, limit }));
    },
  );

  server.get(
    '/v1/products/:id',
    {
      onRequest: requireScope(verifier, policy.read),
      config: { operation: operations.getProduct },
      schema: { params: idParams, response: { 200: readyText(productAnswer) } },
    },
    async (request, reply) => send(reply, await answers.product(request.params.id)),
  );

  server.patch(
    '/v1/products/:id',
    {
      onRequest: requireScope(verifier, policy.change),
      config: { operation: operations.changeProduct },
      schema: { params: idParams, body: changeBody, response: { 200: productAnswer } },
    },
    async (request, reply) => {
      const { params, body } = request;
      const product = await catalog.change(params.id, body, (current) => {
        checkIfMatch(request, tagOfProduct(current));
      });
      reply.header('etag', tagOfProduct(product));
      return toAnswer(product);
    },
  );

  registerPrices(server, catalog, verifier);
}

function registerPrices(server: Server, catalog: Catalog, verifier: TokenVerifier): void {
  server.get(
    '/v1/products/:id/prices',
    {
      onRequest: requireScope(verifier, policy.read),
      config: { operation: operations.listPrices },
      schema: {
        params: idParams,
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: { 200: pricePage },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const productId = request.params.id;
      const before = decodeCursor(pricePosition(productId), cursor);
      const rows = await catalog.prices({ productId, beforeVersion: before?.version, limit });
      const page = pageOf(rows, limit, ({ version }) => ({ productId, version }));
      const items = page.items.map(({ priceCents, currency, changedAt }) => ({
        priceCents,
        currency,
        changedAt: changedAt.toISOString(),
      }));
      return { ...page, items };
    },
  );
}

/** A place in the history of one product; in another's the same version is another time. */
function pricePosition(id: string) {
  return Type.Object(
    {
      productId: Type.Literal(id),
      version: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }),
    },
    { additionalProperties: false },
  );
}

function send(reply: FastifyReply, { tag, text }: Answer): string {
  reply.type('application/json; charset=utf-8').header('etag', tag);
  return text;
}

/** JSON of this schema, but as text that is sent as it is. */
function readyText(schema: typeof productPage | typeof productAnswer) {
  return Type.Unsafe<string>(schema);
}
