/** HTTP of the catalog service: schema in, use case, status out. Reading is public; changing needs a scope. */
import { currency, productId } from '@waymark/contracts/fields.ts';
import { decodeCursor, pageOf, pageQuery } from '@waymark/http/page.ts';
import type { Server } from '@waymark/http/server-type.ts';
import { requireScope } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { Type } from 'typebox';
import type { Catalog } from './catalog.ts';
import { changeable, text, type Product } from './product.ts';
import { checkSort, positionOf, positionSchema } from './sort.ts';

const listQuery = Type.Object(
  {
    ...pageQuery,
    category: Type.Optional(text(64)),
    // Not a union of literals: an unknown sort has an error of its own, which lists the known ones.
    sort: Type.String({ default: 'name' }),
  },
  { additionalProperties: false },
);

const changeBody = Type.Partial(Type.Object(changeable), {
  additionalProperties: false,
  minProperties: 1,
});

const productAnswer = Type.Object({
  id: productId,
  name: Type.String(),
  description: Type.String(),
  category: Type.String(),
  priceCents: Type.Integer(),
  currency,
});

const productPage = Type.Object({
  items: Type.Array(productAnswer),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

const idParams = Type.Object({ id: productId });

export function registerRoutes(server: Server, catalog: Catalog, verifier: TokenVerifier): void {
  server.get(
    '/v1/products',
    { schema: { querystring: listQuery, response: { 200: productPage } } },
    async (request) => {
      const { limit, cursor, category } = request.query;
      const sort = checkSort(request.query.sort);
      const after = decodeCursor(positionSchema(sort), cursor);
      const rows = await catalog.list({ sort, category, after, limit });
      const page = pageOf(rows, limit, (product) => positionOf(sort, product));
      return { ...page, items: page.items.map(toAnswer) };
    },
  );

  server.get(
    '/v1/products/:id',
    { schema: { params: idParams, response: { 200: productAnswer } } },
    async (request) => toAnswer(await catalog.get(request.params.id)),
  );

  server.patch(
    '/v1/products/:id',
    {
      onRequest: requireScope(verifier, 'catalog:write'),
      schema: { params: idParams, body: changeBody, response: { 200: productAnswer } },
    },
    async (request) => toAnswer(await catalog.change(request.params.id, request.body)),
  );
}

function toAnswer({ id, name, description, category, priceCents, currency }: Product) {
  return { id, name, description, category, priceCents, currency };
}
