import { productChanged } from '@waymark/contracts/catalog.ts';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { changeProduct, newProduct, type Product } from '../src/product.ts';
import { tent } from './setup.ts';

const [product] = newProduct(tent);

const changes = fc.record(
  {
    name: fc.constantFrom('Ridge Tent', 'Ridge Tent II', 'Storm Tent'),
    description: fc.constantFrom('Stands in any wind.', 'Leaks.'),
    priceCents: fc.constantFrom(25_000, 26_000, 1),
  },
  { requiredKeys: [] },
);

test('a new product is version 1, priced in euros, and announced', () => {
  const [created, events] = newProduct(tent);
  expect(created).toEqual({ ...tent, currency: 'EUR', version: 1 });
  expect(events).toEqual([
    {
      contract: productChanged,
      subject: 'ridge-tent',
      data: {
        productId: 'ridge-tent',
        name: 'Ridge Tent',
        priceCents: 25_000,
        currency: 'EUR',
        version: 1,
      },
    },
  ]);
});

test('a change raises the version by one and is announced with the new state', () => {
  const [changed, events] = changeProduct(product, { priceCents: 19_900 });
  expect(changed).toEqual({ ...product, priceCents: 19_900, version: 2 });
  expect(events.map((event) => event.data)).toEqual([
    {
      productId: 'ridge-tent',
      name: 'Ridge Tent',
      priceCents: 19_900,
      currency: 'EUR',
      version: 2,
    },
  ]);
});

test('a new description alone is a change', () => {
  const [changed, events] = changeProduct(product, { description: 'Leaks.' });
  expect(changed).toMatchObject({ description: 'Leaks.', version: 2 });
  expect(events).toHaveLength(1);
});

test('a change that says nothing new leaves the product as it is and is announced to nobody', () => {
  const { name, description, priceCents } = product;
  expect(changeProduct(product, { name, description, priceCents })).toEqual([product, []]);
});

test('the version counts the events, whatever changes in whatever order', () => {
  fc.assert(
    fc.property(fc.array(changes), (list) => {
      let current: Product = product;
      let announced = 0;
      for (const change of list) {
        const [next, events] = changeProduct(current, change);
        expect(next).toMatchObject(change);
        current = next;
        announced += events.length;
      }
      expect(current.version).toBe(product.version + announced);
    }),
  );
});

test('the same change a second time says nothing new', () => {
  fc.assert(
    fc.property(changes, (change) => {
      const [once] = changeProduct(product, change);
      expect(changeProduct(once, change)).toEqual([once, []]);
    }),
  );
});

test('every event keeps to its contract', () => {
  fc.assert(
    fc.property(changes, (change) => {
      const [, events] = changeProduct(product, change);
      for (const event of events) expect(Value.Check(productChanged.data, event.data)).toBe(true);
    }),
  );
});
