/** Bodies that no order can be made of. They share one service, since none of them may leave a trace in it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { body, expectProblem, setup, type World } from './setup.ts';

let world: World;
beforeAll(async () => {
  world = await setup();
});
afterAll(() => world.stop());

const [tent] = body.lines;
const line = (change: object) => ({ ...body, lines: [{ ...tent, ...change }] });
const shipTo = (change: object) => ({ ...body, shipTo: { ...body.shipTo, ...change } });
const payment = (change: object) => ({ ...body, payment: { ...body.payment, ...change } });
const lines = (count: number) => ({
  ...body,
  lines: Array.from({ length: count }, (_, index) => ({
    productId: `peg-${String(index)}`,
    quantity: 1,
  })),
});
/** The body as text, with something put in the place of the customer's name. */
const named = (text: string) => JSON.stringify(body).replace('Ada Example', text);
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

const invalid: [string, unknown][] = [
  ['an unknown member', { ...body, coupon: 'free' }],
  ['an unknown member of a line', line({ priceCents: 1 })],
  ['an unknown member of the payment', payment({ amountCents: 1 })],
  ['an unknown member of the address', shipTo({ phone: '1' })],
  ['a member named __proto__', JSON.stringify(body).replace('{', '{"__proto__":{"a":1},')],
  ['a member named constructor', { ...body, constructor: { prototype: {} } }],
  ['no lines member', { ...body, lines: undefined }],
  ['no payment', { ...body, payment: undefined }],
  ['no address', { ...body, shipTo: undefined }],
  ['an address without its country', shipTo({ country: undefined })],
  ['lines that are an object', { ...body, lines: { 0: tent } }],
  ['a line that is null', { ...body, lines: [null] }],
  ['a payment that is a string', { ...body, payment: 'tok_approve' }],
  ['an address that is an array', { ...body, shipTo: [] }],
  ['a name that is a number', shipTo({ name: 7 })],
  ['an empty name', shipTo({ name: '' })],
  ['a name of 101 characters', shipTo({ name: 'a'.repeat(101) })],
  ['a name of two lines', shipTo({ name: 'Ada\nExample' })],
  ['a name with an escape character', shipTo({ name: '\u001b[31mAda' })],
  ['a name with a C1 control character', shipTo({ name: 'Ada\u0085Example' })],
  ['a name with a line separator', shipTo({ name: 'Ada\u2028Example' })],
  ['a country that is not a code', shipTo({ country: 'Norway' })],
  ['a country in lower case', shipTo({ country: 'no' })],
  ['a quantity of zero', line({ quantity: 0 })],
  ['a negative quantity', line({ quantity: -1 })],
  ['a fractional quantity', line({ quantity: 1.5 })],
  ['a quantity of 101', line({ quantity: 101 })],
  ['a quantity past every integer', JSON.stringify(body).replace(':2}', ':1e400}')],
  ['a quantity past exact integers', line({ quantity: 2 ** 53 })],
  ['a quantity that is a string', line({ quantity: '2' })],
  ['a quantity that is null', line({ quantity: null })],
  ['a quantity that is true', line({ quantity: true })],
  ['a product id in upper case', line({ productId: 'Ridge-Tent' })],
  ['a product id of 65 characters', line({ productId: 'a'.repeat(65) })],
  ['a product id that is a number', line({ productId: 7 })],
  ['a card token that is none', payment({ cardToken: 'approve' })],
  ['a card number', payment({ cardToken: '4111111111111111' })],
  ['a card token that is an object', payment({ cardToken: { $ne: 1 } })],
  ['no line at all', lines(0)],
  ['51 lines', lines(51)],
  ['an array', [body]],
  ['null', 'null'],
  ['a number', '7'],
  ['a string', '"order"'],
  ['20,000 levels', nested(20_000)],
  ['20,000 levels inside', JSON.stringify(body).replace(':2}', `:${nested(20_000)}}`)],
];

const malformed: [string, unknown][] = [
  ['broken off', JSON.stringify(body).slice(0, -1)],
  ['followed by more', `${JSON.stringify(body)} {}`],
  ['single-quoted', JSON.stringify(body).replaceAll('"', "'")],
  ['empty', ''],
  ['blank', '  '],
  ['with a raw NUL', named('Ada\u0000')],
  ['with an escaped NUL', named('Ada\\u0000')],
  ['with an escaped NUL in a member name', JSON.stringify(body).replace('name', 'na\\u0000me')],
  ['with a raw control character', named('Ada\u0007')],
  ['with half a surrogate pair', named('Ada\\ud800')],
  ['with a surrogate pair the wrong way round', named('\\udc00\\ud800')],
  ['20,000 levels deep around a NUL', nested(20_000).replace('[]', '["\\u0000"]')],
];

test.each(invalid)('a body with %s is invalid', async (_, payload) => {
  const answer = await world.place(payload);
  expectProblem(answer, 400, 'invalid-request');
  const { errors } = answer.json<{ errors: object[] }>();
  expect(errors[0]).toMatchObject({ in: 'body', pointer: expect.any(String) as unknown });
  expect(errors.length).toBeLessThanOrEqual(10);
});

test.each(malformed)('a body that is %s is malformed', async (_, payload) => {
  expectProblem(await world.place(payload), 400, 'malformed-json');
});

test.each<[string, unknown, string]>([
  ['an unknown product', line({ productId: 'moon-boot' }), 'unknown-product'],
  ['a product named constructor', line({ productId: 'constructor' }), 'unknown-product'],
  ['two lines of one product', { ...body, lines: [tent, tent] }, 'duplicate-line'],
  ['an unknown card token', payment({ cardToken: 'tok_unheard_of' }), 'unknown-card-token'],
  [
    'two currencies',
    { ...body, lines: [tent, { productId: 'us-stove', quantity: 1 }] },
    'mixed-currencies',
  ],
])('an order with %s cannot be carried out', async (_, payload, code) => {
  expectProblem(await world.place(payload), 422, code);
});

test('a body over 64 KiB is refused unread', async () => {
  const padding = ' '.repeat(64 * 1024 - JSON.stringify(body).length);
  expectProblem(await world.place(`${JSON.stringify(body)}${padding} `), 413, 'body-too-large');
});

test.each([
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json-patch+json',
  'nonsense',
])('a body of type %s is not read', async (type) => {
  const answer = await send({ 'content-type': type }, JSON.stringify(body));
  expectProblem(answer, 415, 'unsupported-media-type');
});

test('a body without a type is not read', async () => {
  expectProblem(await send({}, Buffer.from(JSON.stringify(body))), 415, 'unsupported-media-type');
});

test('a body in bytes that are not UTF-8 is refused', async () => {
  const payload = Buffer.from(named('Ada\u00e9'), 'latin1');
  const answer = await send({ 'content-type': 'application/json' }, payload);
  expectProblem(answer, 400, 'malformed-json');
});

test('no body at all is refused', async () => {
  expectProblem(await send({}, undefined), 400, 'invalid-request');
});

test.each([
  ['empty', ''],
  ['with a space', 'a key'],
  ['not ASCII', 'cl\u00e9'],
  ['with a control character', 'a\u0007key'],
  ['with a NUL', 'a\u0000key'],
  ['longer than 255 characters', 'k'.repeat(256)],
])('an idempotency key that is %s is refused', async (_, key) => {
  expectProblem(await world.place(body, key), 400, 'idempotency-key-invalid');
});

test('an order without an idempotency key is refused', async () => {
  const answer = await world.app.server.inject({
    method: 'POST',
    url: '/v1/orders',
    headers: { authorization: world.ada },
    payload: body,
  });
  expectProblem(answer, 400, 'idempotency-key-missing');
});

// Last: it holds all of the above to having left nothing behind.
test('what was refused has left no order and no event', async () => {
  expect(await world.database.query('select id from orders')).toEqual([]);
  expect(await world.database.query('select seq from outbox')).toEqual([]);
});

function send(headers: Record<string, string>, payload: string | Buffer | undefined) {
  return world.app.server.inject({
    method: 'POST',
    url: '/v1/orders',
    headers: { authorization: world.ada, 'idempotency-key': 'a-key', ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
}
