/** HTTP of the inventory service: schema in, use case, status out. */
import { productId } from '@waymark/contracts/fields.ts';
import { checkIfMatch, tagOf } from '@waymark/http/conditional.ts';
import type { Server } from '@waymark/http/server-type.ts';
import { requireScope } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { Type } from 'typebox';
import type { Inventory } from './inventory.ts';
import { operations } from './operations.ts';
import { policy } from './policy.ts';
import type { Stock } from './reservation.ts';

const params = Type.Object({ productId });
const onHand = Type.Integer({
  minimum: 0,
  maximum: 1_000_000,
  description: 'Pieces in the house.',
});
const setStockBody = Type.Object({ onHand }, { additionalProperties: false, title: 'SetStock' });
const stockAnswer = Type.Object(
  {
    productId,
    onHand,
    reserved: Type.Integer({ description: 'Pieces on hand that orders hold.' }),
  },
  { title: 'Stock' },
);

export function registerRoutes(
  server: Server,
  inventory: Inventory,
  verifier: TokenVerifier,
): void {
  server.get(
    '/v1/stock/:productId',
    {
      onRequest: requireScope(verifier, policy.read),
      config: { operation: operations.getStock },
      schema: { params, response: { 200: stockAnswer } },
    },
    async (request, reply) => {
      const stock = await inventory.getStock(request.params.productId);
      reply.header('etag', tagOfStock(stock));
      return stock;
    },
  );

  server.put(
    '/v1/stock/:productId',
    {
      onRequest: requireScope(verifier, policy.change),
      config: { operation: operations.setStock },
      schema: { params, body: setStockBody, response: { 200: stockAnswer } },
    },
    async (request, reply) => {
      const { params, body } = request;
      const stock = await inventory.setStock(params.productId, body.onHand, (current) => {
        checkIfMatch(request, tagOfStock(current));
      });
      reply.header('etag', tagOfStock(stock));
      return stock;
    },
  );
}

/** All that there is to see of it: who has seen these numbers knows what there is, whatever was in between. */
function tagOfStock({ onHand: pieces, reserved }: Stock): string {
  return tagOf(pieces, reserved);
}
