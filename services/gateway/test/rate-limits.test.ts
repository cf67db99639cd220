/** Limits on a real store: what answers say of them, and that replicas keep them together. */
import { expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { bucketOf } from '../src/limits.ts';
import { count, setupLimits, statuses, times } from './limits-setup.ts';

test('every answer says what is left, and past the limit it is 429 with Retry-After', async () => {
  await using platform = await setupLimits();
  const world = await platform.gateway({
    burst: 2,
    change: { public: { burst: 2, perMinute: 2 } },
  });
  expect((await world.ask('/v1/products')).headers).toMatchObject({
    'ratelimit-policy': '"public";q=2;w=60',
    ratelimit: '"public";r=1;t=30',
  });
  await world.ask('/v1/products/ridge-tent');
  const refused = await world.ask('/v1/products');
  expect(refused).toMatchObject({
    status: 429,
    headers: {
      'content-type': expect.stringContaining('application/problem+json'),
      'ratelimit-policy': '"public";q=2;w=60',
      'retry-after': '30',
    },
  });
  expect(refused.headers.ratelimit).toMatch(/^"public";r=0;t=60$/);
  expect(JSON.parse(refused.text)).toMatchObject({
    code: 'rate-limited',
    'violated-policies': ['public'],
  });
  expect(world.received).toHaveLength(2);
});

test('a limit refills with time', async () => {
  await using platform = await setupLimits();
  const world = await platform.gateway({
    burst: 1,
    change: { public: { burst: 1, perMinute: 120 } },
  });
  await world.ask('/v1/products');
  const refused = await world.ask('/v1/products');
  expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
  await eventually(async () => (await world.ask('/v1/products')).status === 200);
});

test('three gateways on one store allow together exactly what one may', async () => {
  await using platform = await setupLimits();
  const gateways = [
    await platform.gateway({ burst: 40 }),
    await platform.gateway({ burst: 40 }),
    await platform.gateway({ burst: 40 }),
  ];
  const asked = gateways.flatMap((world) =>
    times(30).map(() => world.ask('/v1/orders', { headers: { authorization: world.ada } })),
  );
  const all = await statuses(asked);
  expect(count(all, 200)).toBe(40);
  expect(count(all, 429)).toBe(50);
});

test('requests that come at once are told apart in what is left to them', async () => {
  await using platform = await setupLimits();
  const world = await platform.gateway({ burst: 8 });
  const asked = times(12).map(() => world.ask('/v1/products'));
  const left = (await Promise.all(asked)).map(({ headers }) => String(headers.ratelimit));
  const remaining = left.map((text) => Number(/r=(\d+)/.exec(text)?.[1]));
  expect(remaining.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a stream and a HEAD count once each', async () => {
  await using platform = await setupLimits();
  const world = await platform.gateway({ burst: 5 });
  const headers = { authorization: world.ada };
  world.behaviours.notifications = (_, answer) => answer.write('retry: 1\n\n');
  const stream = await world.open('/v1/orders/7/events', { headers });
  expect(stream.headers.ratelimit).toMatch(/^"reads";r=4;/);
  stream.destroy();
  const head = await world.ask('/v1/orders', { method: 'HEAD', headers });
  expect(head.headers.ratelimit).toMatch(/^"reads";r=3;/);
});

test('a scale multiplies the burst and the rate', () => {
  expect(bucketOf({ per: 'client', burst: 3, perMinute: 60 }, 4)).toEqual({
    capacity: 12,
    refillPerSecond: 4,
  });
});

test('at scale 0 nothing is counted and no header speaks of limits', async () => {
  await using platform = await setupLimits();
  const world = await platform.gateway({ burst: 1, scale: 0 });
  const answers = await Promise.all(times(5).map(() => world.ask('/v1/products')));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(answers[0]?.headers).not.toHaveProperty('ratelimit');
  expect(await platform.broker.query('select * from token_buckets')).toEqual([]);
});
