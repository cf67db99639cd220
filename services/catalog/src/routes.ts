/**
 * HTTP of the catalog service: schema in, use case, status out. Reading is public; changing needs a scope. Every route is
 * there once for each representation, with one handler: versions differ in representations.ts and nowhere else.
 */
import { productId, text } from '@waymark/contracts/fields.ts';
import { checkIfMatch } from '@waymark/http/conditional.ts';
import { decodeCursor, pageOf, pageQuery } from '@waymark/http/page.ts';
import type { Server } from '@waymark/http/server-type.ts';
import { requireScope } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import type { FastifyReply } from 'fastify';
import { Type, type TSchema } from 'typebox';
import { tagOfProduct, type Answer, type Answers } from './answers.ts';
import type { Catalog } from './catalog.ts';
import { operations } from './operations.ts';
import { policy } from './policy.ts';
import { v1, v2, type Representation } from './representations.ts';
import { checkSort, positionSchema, type Sort } from './sort.ts';

const idParams = Type.Object({ id: productId });

export interface RouteDeps {
  catalog: Catalog;
  answers: Answers;
  verifier: TokenVerifier;
}

export function registerRoutes(server: Server, deps: RouteDeps): void {
  for (const representation of [v1, v2]) {
    registerReads(server, deps, representation);
    registerChange(server, deps, representation);
    registerPrices(server, deps, representation);
  }
}

function registerReads(server: Server, { answers, verifier }: RouteDeps, as: Representation): void {
  server.get(
    `/${as.version}/products`,
    {
      onRequest: requireScope(verifier, policy.read),
      config: { operation: operations[as.version].listProducts },
      schema: {
        querystring: listQuery(Object.keys(as.sorts)),
        response: { 200: readyText(as.schemas.products) },
      },
    },
    async (request, reply) => {
      const { limit, cursor, category } = request.query;
      const search = request.query.search?.trim();
      const sort = checkSort(as.sorts, request.query.sort, search);
      const after = positionIn(sort, search, cursor);
      return send(reply, await answers.list(as, { sort, category, search, after, limit }));
    },
  );

  server.get(
    `/${as.version}/products/:id`,
    {
      onRequest: requireScope(verifier, policy.read),
      config: { operation: operations[as.version].getProduct },
      schema: { params: idParams, response: { 200: readyText(as.schemas.product) } },
    },
    async (request, reply) => send(reply, await answers.product(as, request.params.id)),
  );
}

function registerChange(
  server: Server,
  { catalog, verifier }: RouteDeps,
  as: Representation,
): void {
  server.patch(
    `/${as.version}/products/:id`,
    {
      onRequest: requireScope(verifier, policy.change),
      config: { operation: operations[as.version].changeProduct },
      schema: {
        params: idParams,
        body: as.schemas.change,
        response: { 200: Type.Unsafe<object>(as.schemas.product) },
      },
    },
    async (request, reply) => {
      const change = as.toChange(request.body);
      const product = await catalog.change(request.params.id, change, (current) => {
        checkIfMatch(request, tagOfProduct(as, current));
      });
      reply.header('etag', tagOfProduct(as, product));
      return as.toProduct(product);
    },
  );
}

function registerPrices(
  server: Server,
  { catalog, verifier }: RouteDeps,
  as: Representation,
): void {
  server.get(
    `/${as.version}/products/:id/prices`,
    {
      onRequest: requireScope(verifier, policy.read),
      config: { operation: operations[as.version].listPrices },
      schema: {
        params: idParams,
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: { 200: Type.Unsafe<object>(as.schemas.prices) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const productId = request.params.id;
      const before = decodeCursor(pricePosition(productId), cursor);
      const rows = await catalog.prices({ productId, beforeVersion: before?.version, limit });
      const page = pageOf(rows, limit, ({ version }) => ({ productId, version }));
      return { ...page, items: page.items.map(as.toPrice) };
    },
  );
}

function listQuery(sorts: string[]) {
  const names = sorts.map((sort) => `\`${sort}\``).join(', ');
  return Type.Object(
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
          description: `One of ${names}; in a search also \`relevance\`, which is then the default.`,
        }),
      ),
    },
    { additionalProperties: false },
  );
}

function positionIn(sort: Sort, search: string | undefined, cursor: string | undefined) {
  return cursor === undefined ? undefined : decodeCursor(positionSchema(sort, search), cursor);
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

function send(reply: FastifyReply, { tag, text: json }: Answer): string {
  reply.type('application/json; charset=utf-8').header('etag', tag);
  return json;
}

/** JSON of this schema, but as text that is sent as it is. */
function readyText(schema: TSchema) {
  return Type.Unsafe<string>(schema);
}
