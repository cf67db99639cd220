import { describe, expect, test } from '@jest/globals';
import type { EventContract } from '@waymark/contracts/define-event.ts';
import { checkContracts, snapshotOf } from '../check-contracts.ts';
import type { Schema } from '../compare-schemas.ts';

const ADVICE = 'release it with npm run contracts -- release';

const line = {
  type: 'object',
  required: ['sku', 'pieces'],
  properties: { sku: { type: 'string' }, pieces: { type: 'integer', minimum: 1, maximum: 100 } },
};
const fields = {
  parcelId: { type: 'string', minLength: 1, maxLength: 20, pattern: '^[a-z]+$' },
  carrier: { anyOf: [{ const: 'post' }, { const: 'bicycle' }] },
  lines: { type: 'array', items: line, minItems: 1 },
  note: { type: 'string', description: 'For the carrier.' },
};
const schema = { type: 'object', required: ['parcelId', 'carrier', 'lines'], properties: fields };

const parcelSent: EventContract = {
  type: 'waymark.orders.parcel-sent.v1',
  topic: 'waymark.orders',
  summary: 'The parcel is on its way.',
  data: schema,
};
const released = new Map([[parcelSent.type, snapshotOf(parcelSent)]]);

function withFields(changed: Schema, required = schema.required): EventContract {
  return { ...parcelSent, data: { ...schema, required, properties: { ...fields, ...changed } } };
}

function without(name: keyof typeof fields): EventContract {
  const properties = Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
  const required = schema.required.filter((key) => key !== name);
  return { ...parcelSent, data: { ...schema, required, properties } };
}

const { parcelId, carrier, lines, note } = fields;
const linesOf = (pieces: Schema, more: Schema = {}) =>
  withFields({
    lines: { ...lines, items: { ...line, properties: { ...line.properties, pieces, ...more } } },
  });

describe('an incompatible change', () => {
  test.each<[string, EventContract, string]>([
    ['a removed field', without('carrier'), 'carrier: is gone'],
    ['a removed optional field', without('note'), 'note: is gone'],
    [
      'a retyped field',
      withFields({ parcelId: { type: 'integer' } }),
      'parcelId: was "string", is "integer"',
    ],
    [
      'a new required field',
      withFields({ weight: { type: 'integer' } }, [...schema.required, 'weight']),
      'weight: is new and required',
    ],
    [
      'an optional field that becomes required',
      withFields({}, [...schema.required, 'note']),
      'note: became required',
    ],
    [
      'a required field that becomes optional',
      withFields({}, ['parcelId', 'lines']),
      'carrier: became optional',
    ],
    [
      'a member of a union removed',
      withFields({ carrier: { anyOf: [{ const: 'post' }] } }),
      'carrier: no longer takes "bicycle"',
    ],
    [
      'a member of a union added, which old consumers refuse',
      withFields({ carrier: { anyOf: [...carrier.anyOf, { const: 'drone' }] } }),
      'carrier: takes "drone" as well',
    ],
    [
      'a union that another spelling makes smaller',
      withFields({ carrier: { enum: ['post'] } }),
      'carrier: no longer takes "bicycle"',
    ],
    [
      'a union opened to every string',
      withFields({ carrier: { type: 'string' } }),
      'carrier: was nothing, is "string"',
    ],
    [
      'a smaller maximum',
      linesOf({ ...line.properties.pieces, maximum: 10 }),
      'pieces: maximum was 100, is 10; events that are already in the log may not pass',
    ],
    [
      'a larger maximum, which old consumers refuse',
      linesOf({ ...line.properties.pieces, maximum: 1000 }),
      'pieces: maximum was 100, is 1000; consumers that are not yet updated refuse',
    ],
    [
      'a larger minimum',
      linesOf({ ...line.properties.pieces, minimum: 2 }),
      'pieces: minimum was 1, is 2; events that are already in the log may not pass',
    ],
    [
      'a limit dropped',
      linesOf({ type: 'integer', minimum: 1 }),
      'pieces: maximum was 100, is nothing; consumers that are not yet updated refuse',
    ],
    [
      'a stricter pattern',
      withFields({ parcelId: { ...parcelId, pattern: '^[a-f]+$' } }),
      'parcelId: pattern was',
    ],
    [
      'a format added',
      withFields({ note: { ...note, format: 'uuid' } }),
      'note: format was nothing, is "uuid"',
    ],
    [
      'more items asked for',
      withFields({ lines: { ...lines, minItems: 2 } }),
      'lines: minItems was 1, is 2; events that are already in the log may not pass',
    ],
    [
      'another type of item',
      withFields({ lines: { ...lines, items: { type: 'string' } } }),
      'lines[]: was "object", is "string"',
    ],
    [
      'unknown fields refused',
      { ...parcelSent, data: { ...schema, additionalProperties: false } },
      'additionalProperties was true, is false',
    ],
    [
      'a moved event',
      { ...parcelSent, topic: 'waymark.catalog' },
      'moved from waymark.orders to waymark.catalog',
    ],
  ])('is refused: %s', (_what, changed, reason) => {
    const { incompatible, unreleased } = checkContracts(released, [changed]);
    expect(incompatible).toHaveLength(1);
    expect(incompatible[0]).toContain(reason);
    expect(unreleased).toEqual([]);
  });

  test('is refused: a renamed field, which is one gone and one new', () => {
    const required = ['parcelId', 'lines', 'by'];
    const data = { ...schema, required, properties: { parcelId, lines, note, by: carrier } };
    const { incompatible } = checkContracts(released, [{ ...parcelSent, data }]);
    expect(incompatible).toEqual([
      expect.stringContaining('carrier: is gone'),
      expect.stringContaining('by: is new and required'),
    ]);
  });

  test('is refused: a removed event type', () => {
    const { incompatible } = checkContracts(released, []);
    expect(incompatible).toEqual([expect.stringContaining('parcel-sent.v1: is gone')]);
  });

  test('is refused: a new field where unknown ones were refused', () => {
    const closed = { ...schema, additionalProperties: false };
    const before = new Map([[parcelSent.type, snapshotOf({ ...parcelSent, data: closed })]]);
    const data = { ...closed, properties: { ...fields, weight: { type: 'integer' } } };
    const { incompatible } = checkContracts(before, [{ ...parcelSent, data }]);
    expect(incompatible).toEqual([expect.stringContaining('weight: is new')]);
  });
});

describe('a compatible change', () => {
  test.each<[string, EventContract]>([
    ['a new optional field', withFields({ weight: { type: 'integer', minimum: 0 } })],
    [
      'a new optional field of a line',
      linesOf(line.properties.pieces, { gift: { type: 'boolean' } }),
    ],
    ['another description', withFields({ note: { ...note, description: 'For whoever reads.' } })],
    ['another summary', { ...parcelSent, summary: 'The parcel has left the house.' }],
    [
      'a field whose name is that of an annotation',
      withFields({ description: { type: 'string' }, title: { type: 'string' } }),
    ],
    [
      'the members of a union in another order',
      withFields({ carrier: { anyOf: carrier.anyOf.toReversed() } }),
    ],
  ])('is to be released: %s', (_what, changed) => {
    expect(checkContracts(released, [changed])).toEqual({
      incompatible: [],
      unreleased: [`${changed.type}: has a compatible change; ${ADVICE}`],
    });
  });

  test('is to be released: a new event type', () => {
    const second = { ...parcelSent, type: 'waymark.orders.parcel-sent.v2' };
    expect(checkContracts(released, [parcelSent, second])).toEqual({
      incompatible: [],
      unreleased: [`waymark.orders.parcel-sent.v2: is new; ${ADVICE}`],
    });
  });

  test('is none where nothing changed', () => {
    expect(checkContracts(released, [parcelSent])).toEqual({ incompatible: [], unreleased: [] });
  });
});
