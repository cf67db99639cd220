/**
 * Single flight, in terms of the rest of the port: of many who miss the same key, one loads and the others wait
 * for what it stores. In a process they share one promise, so that a stampede is one contender for each process
 * and not one for each request.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { FLIGHT_MS, type KeyValue, type Lock } from './key-value.ts';

const LOOK_EVERY_MS = 25;

interface FlightStore {
  get: KeyValue['get'];
  lock(key: string, ttlMs: number): Promise<Lock | undefined>;
  /** Stores the value where the flight's lock still has this token. */
  store(key: string, loaded: { value: string; ttlMs: number; token: number }): Promise<void>;
}

interface Flight {
  key: string;
  ttlMs: number;
  load(): Promise<string>;
}

export function createSingleFlight(store: FlightStore): KeyValue['singleFlight'] {
  const underWay = new Map<string, Promise<string>>();
  return (key, ttlMs, load) => {
    const present = underWay.get(key);
    if (present !== undefined) return present;
    const flight = fly(store, { key, ttlMs, load }).finally(() => underWay.delete(key));
    underWay.set(key, flight);
    return flight;
  };
}

async function fly(store: FlightStore, flight: Flight): Promise<string> {
  const deadline = performance.now() + 2 * FLIGHT_MS;
  while (performance.now() < deadline) {
    const value = await store.get(flight.key);
    if (value !== undefined) return value;
    const lock = await store.lock(flight.key, FLIGHT_MS);
    if (lock !== undefined) return loadAndStore(store, flight, lock);
    await sleep(LOOK_EVERY_MS * (0.5 + Math.random()));
  }
  // Two loaders in a row gave nothing. An answer without the store is better than none.
  return loadInTime(flight);
}

async function loadAndStore(store: FlightStore, flight: Flight, lock: Lock): Promise<string> {
  const { key, ttlMs } = flight;
  try {
    // Another may have stored it and gone between the look and the lock.
    const stored = await store.get(key);
    if (stored !== undefined) return stored;
    const value = await loadInTime(flight);
    // #region store-under-the-token
    // An event that deletes the key while its value is being loaded ends the flight's lock too. Storing without
    // a look at the lock would put back what the event has just removed, stale until its time-to-live is over;
    // storing under the token makes the loser of that race the stale value.
    await store.store(key, { value, ttlMs, token: lock.token });
    // #endregion
    return value;
  } finally {
    // Where it cannot be released it lapses; what the load has given or thrown matters more.
    await lock.release().catch(() => undefined);
  }
}

async function loadInTime({ key, load }: Flight): Promise<string> {
  const settled = new AbortController();
  const late = sleep(FLIGHT_MS, undefined, { signal: settled.signal }).then(() => {
    throw Object.assign(new Error(`no value for ${key} in time`), { code: 'ETIMEDOUT' });
  });
  try {
    return await Promise.race([load(), late]);
  } finally {
    settled.abort();
    late.catch(() => undefined);
  }
}
