import { describe, expect, test } from '@jest/globals';
import { compareOpenApi } from '../compare-openapi.ts';
import type { Schema } from '../compare-schemas.ts';
import { openApiDocument } from '../openapi.ts';

const released = openApiDocument();

/** The document with something else at the place; undefined takes out what is there. */
function changed(place: string[], value: unknown): Schema {
  const document = JSON.parse(JSON.stringify(released)) as Record<string, unknown>;
  const last = place.at(-1) ?? '';
  const parent = place
    .slice(0, -1)
    .reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, document);
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return document;
}

const schemas = ['components', 'schemas'];
const place = ['paths', '/v1/orders', 'post'];
const list = ['paths', '/v1/products', 'get'];
const orderState = [...schemas, 'Order', 'properties', 'state', 'anyOf'];
const states = ['placed', 'confirmed', 'cancelled'].map((one) => ({ const: one, type: 'string' }));
/** Behind the last parameter of the list. */
const next = String(
  list.concat('parameters').reduce<Schema>((at, key) => at[key] as Schema, released).length,
);
const note = { type: 'string' };

describe('a client could not live with', () => {
  test.each<[string, Schema, string]>([
    [
      'an address that is gone',
      changed(['paths', '/v1/orders'], undefined),
      'POST /v1/orders: is gone',
    ],
    ['a method that is gone', changed(place, undefined), 'POST /v1/orders: is gone'],
    ['another good status', changed([...place, 'responses', '201'], undefined), '201: is gone'],
    [
      'a kind of request that is gone',
      changed([...schemas, 'TokenRequest', 'anyOf', '3'], undefined),
      'an alternative is gone',
    ],
    [
      'another scope',
      changed([...place, 'security'], [{ oauth2: ['orders:admin'] }]),
      'POST /v1/orders: security was',
    ],
    [
      'a token where none was needed',
      changed([...list, 'security'], [{ oauth2: ['catalog:read'] }]),
      'GET /v1/products: security was []',
    ],
    [
      'a parameter that is gone',
      changed([...list, 'parameters'], []),
      'GET /v1/products query limit: is gone',
    ],
    [
      'a new parameter that is required',
      changed([...list, 'parameters', next], { in: 'query', name: 'shop', required: true }),
      'query shop: is new and required',
    ],
    [
      'a parameter that becomes required',
      changed([...list, 'parameters', '0', 'required'], true),
      'query limit: became required',
    ],
    [
      'a tighter limit of a parameter',
      changed([...list, 'parameters', '0', 'schema', 'maximum'], 50),
      'query limit: maximum was 100, is 50',
    ],
    [
      'a field of a request that is gone',
      changed([...schemas, 'PlaceOrder', 'properties', 'payment'], undefined),
      'application/json.payment: is gone; clients that are not yet updated send it',
    ],
    [
      'a new field of a request that is required',
      changed([...schemas, 'SetStock'], {
        type: 'object',
        required: ['onHand', 'note'],
        additionalProperties: false,
        properties: { onHand: { type: 'integer', minimum: 0, maximum: 1_000_000 }, note },
      }),
      'note: is new and required',
    ],
    [
      'a field of an answer that is gone',
      changed([...schemas, 'Order', 'properties', 'totalCents'], undefined),
      '200 application/json.totalCents: is gone',
    ],
    [
      'a field of an answer that may be absent from now on',
      changed([...schemas, 'Stock', 'required'], ['productId', 'onHand']),
      '.reserved: became optional',
    ],
    [
      'a field of an answer with another type',
      changed([...schemas, 'Stock', 'properties', 'reserved'], note),
      '.reserved: was "integer", is "string"',
    ],
    [
      'a new value in a closed list of an answer',
      changed(orderState, [...states, { const: 'lost', type: 'string' }]),
      '.state: takes "lost" as well',
    ],
    [
      'an error without its code',
      changed([...schemas, 'Problem', 'properties', 'code'], undefined),
      'Problem.code: is gone',
    ],
    [
      'a webhook that no longer comes',
      changed(['webhooks', 'order-placed'], undefined),
      'POST order-placed: is gone',
    ],
  ])('%s', (_what, after, finding) => {
    expect(compareOpenApi(released, after).join('\n')).toContain(finding);
  });
});

describe('a client can live with', () => {
  test.each<[string, Schema]>([
    ['no change', released],
    [
      'a new kind of request',
      changed([...schemas, 'TokenRequest', 'anyOf', '4'], { type: 'object' }),
    ],
    ['a new address', changed(['paths', '/v1/parcels'], { get: { responses: {} } })],
    [
      'a new optional parameter',
      changed([...list, 'parameters', next], { in: 'query', name: 'shop', required: false }),
    ],
    ['a wider limit', changed([...list, 'parameters', '0', 'schema', 'maximum'], 500)],
    [
      'a new optional field of a request, though unknown ones were refused',
      changed([...schemas, 'SetStock', 'properties', 'note'], note),
    ],
    ['a new field of an answer', changed([...schemas, 'Order', 'properties', 'note'], note)],
    ['other words', changed([...place, 'description'], 'Places an order.')],
    ['a new error', changed([...place, 'responses', '402'], { description: 'Pay first.' })],
    ['one token more that would do', changed([...place, 'security', '2'], { apiKey: [] })],
  ])('%s', (_what, after) => {
    expect(compareOpenApi(released, after)).toEqual([]);
  });
});
