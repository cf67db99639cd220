import { expect, test } from '@jest/globals';
import path from 'node:path';
import { checkOpenApi } from '../check-docs.ts';
import { openApiDocument } from '../openapi.ts';
import { readPublicRoutes } from '../public-routes.ts';

interface Operation {
  operationId: string;
  security: Record<string, string[]>[];
  requestBody?: { content: Record<string, { example?: unknown }> };
  responses: Record<string, { $ref?: string; content?: Record<string, { example?: unknown }> }>;
}

const { paths, components, webhooks } = openApiDocument() as unknown as {
  paths: Record<string, Record<string, Operation>>;
  components: {
    responses: Record<string, unknown>;
    examples: Record<string, { value: { code: string; type: string } }>;
  };
  webhooks: Record<string, unknown>;
};
const operations = Object.values(paths).flatMap((item) => Object.values(item));

test('the document that is served is what the routes say', () => {
  expect(checkOpenApi(path.join(import.meta.dirname, '../..'))).toEqual([]);
});

test('each operation has a name of its own, and shows a request and an answer', () => {
  const names = operations.map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const { operationId, requestBody, responses } of operations) {
    const contents = [requestBody?.content, ...Object.values(responses).map((one) => one.content)];
    for (const content of contents.flatMap((one) => Object.values(one ?? {}))) {
      expect([operationId, content.example]).toEqual([operationId, expect.anything()]);
    }
  }
});

test('an operation names the scopes of which the gateway asks for one', () => {
  for (const { method, path, scopes: asked } of readPublicRoutes()) {
    const { security = [] } = paths[path]?.[method] ?? {};
    const scopes = security.flatMap(({ oauth2 = [] }) => oauth2);
    expect([path, scopes]).toEqual([path, asked]);
  }
});

test('an error of a route is among its answers, with a problem document to show', () => {
  const conflict = paths['/v1/orders/{id}/cancel']?.post?.responses['409'];
  expect(conflict).toEqual({ $ref: '#/components/responses/already-confirmed' });
  expect(components.responses).toHaveProperty('already-confirmed');
  for (const [code, { value }] of Object.entries(components.examples)) {
    expect(value).toMatchObject({ code, type: `/docs/errors#${code}` });
  }
});

test('a partner reads what each webhook brings', () => {
  expect(Object.keys(webhooks)).toEqual(['order-placed', 'order-confirmed', 'order-cancelled']);
  expect(JSON.stringify(webhooks['order-cancelled'])).toContain('"out-of-stock"');
});
