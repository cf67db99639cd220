/** What the KeyValue port promises of a stampede, to be run on every adapter. */
import { expect, test } from '@jest/globals';
import { isUnavailable } from '@waymark/database/unavailable.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { FLIGHT_MS } from '../src/key-value.ts';
import { numbers, setup, type OpenStore } from './store-under-test.ts';

export function singleFlightSuite(name: string, open: OpenStore): void {
  test(`${name}: a stampede of 200 callers over two clients makes one load`, async () => {
    await using world = await setup(open);
    const clients = [world.keyValue, world.connect()];
    let loads = 0;
    const load = async () => {
      loads += 1;
      await sleep(100);
      return `"loaded ${String(loads)}"`;
    };
    const asking = clients.flatMap((client) =>
      numbers(100).map(() => client.singleFlight(world.key, 60_000, load)),
    );
    expect(new Set(await Promise.all(asking))).toEqual(new Set(['"loaded 1"']));
    expect(await world.connect().singleFlight(world.key, 60_000, load)).toBe('"loaded 1"');
    expect(await world.keyValue.get(world.key)).toBe('"loaded 1"');
    expect(loads).toBe(1);
  });

  test(`${name}: keys do not wait for each other`, async () => {
    await using world = await setup(open);
    const { keyValue, key } = world;
    const gate = Promise.withResolvers<string>();
    const slow = keyValue.singleFlight(key, 60_000, () => gate.promise);
    expect(await keyValue.singleFlight(`${key}-other`, 60_000, async () => '1')).toBe('1');
    gate.resolve('2');
    expect(await slow).toBe('2');
  });

  test(`${name}: it is loaded again when its time is over`, async () => {
    await using world = await setup(open);
    let loads = 0;
    const ask = () => world.keyValue.singleFlight(world.key, 200, async () => String((loads += 1)));
    const began = performance.now();
    expect(await ask()).toBe('1');
    await eventually(async () => (await ask()) === '2');
    expect(performance.now() - began).toBeGreaterThanOrEqual(199);
  });

  test(`${name}: a load that fails is its callers' failure, and the next caller loads at once`, async () => {
    await using world = await setup(open);
    const began = performance.now();
    const failing = world.keyValue.singleFlight(world.key, 60_000, async () => {
      throw new Error('the source is down');
    });
    await expect(failing).rejects.toThrow('the source is down');
    expect(await world.connect().singleFlight(world.key, 60_000, async () => '1')).toBe('1');
    expect(performance.now() - began).toBeLessThan(FLIGHT_MS / 2);
  });

  test(`${name}: a loader that died is waited for as long as its flight, and no longer`, async () => {
    await using world = await setup(open);
    const dying = world.connect();
    let loading = false;
    // Nothing comes back from it, and with its connection closed it cannot give the flight to another.
    const lost = dying.singleFlight(world.key, 60_000, () => {
      loading = true;
      return new Promise(() => undefined);
    });
    const failure = lost.catch((error: unknown) => error);
    await eventually(() => loading);
    const began = performance.now();
    await dying.close();
    const value = await world.keyValue.singleFlight(world.key, 60_000, async () => '"heir"');
    expect(value).toBe('"heir"');
    const tookMs = performance.now() - began;
    expect(tookMs).toBeGreaterThan(FLIGHT_MS / 2);
    expect(tookMs).toBeLessThan(FLIGHT_MS + 1500);
    // Those who waited for it in its own process are answered too.
    expect(isUnavailable(await failure)).toBe(true);
  });

  test(`${name}: a key that is deleted while its value is loaded does not keep the value`, async () => {
    await using world = await setup(open);
    const { keyValue, key } = world;
    const other = world.connect();
    const gate = Promise.withResolvers<string>();
    let loading = false;
    const stale = keyValue.singleFlight(key, 60_000, () => {
      loading = true;
      return gate.promise;
    });
    await eventually(() => loading);
    await other.delete(key);
    expect(await other.singleFlight(key, 60_000, async () => '"new"')).toBe('"new"');
    gate.resolve('"stale"');
    await stale;
    expect(await keyValue.get(key)).toBe('"new"');
  });
}
