/** HTTP of the inventory service: schema in, use case, status out. */
import { productId } from '@waymark/contracts/fields.ts';
import type { Server } from '@waymark/http/server-type.ts';
import { requireScope } from '@waymark/tokens/require-scope.ts';
import type { TokenVerifier } from '@waymark/tokens/verifier.ts';
import { Type } from 'typebox';
import type { Inventory } from './inventory.ts';
import { operations } from './operations.ts';
import { policy } from './policy.ts';

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
    (request) => inventory.getStock(request.params.productId),
  );

  server.put(
    '/v1/stock/:productId',
    {
      onRequest: requireScope(verifier, policy.change),
      config: { operation: operations.setStock },
      schema: { params, body: setStockBody, response: { 200: stockAnswer } },
    },
    (request) => inventory.setStock(request.params.productId, request.body.onHand),
  );
}
