/**
 * Answers of the catalog, kept as JSON text in the KeyValue store, and for a second in the process. No answer is
 * older than STALE_BOUND_MS, and a change made here shows at once. The store may be away, slow, empty or full of
 * junk: then the database answers, and `catalog_cache_reads_total` says how often.
 */
import { FLIGHT_MS, type KeyValue } from '@waymark/storage/key-value.ts';
import type { Log } from '@waymark/telemetry/log.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Counter } from 'prom-client';
import { createMemory } from './memory.ts';

const STALE_BOUND_MS = 10_000;
const MEMORY = { holdMs: 1000, maxEntries: 256 };
/** The bound, less what a loader may take before it stores and what memory adds after. */
const STORED_MS = STALE_BOUND_MS - FLIGHT_MS - MEMORY.holdMs;
/** As long as a read waits for the store, or for another process's load, before it asks the database itself. */
const PATIENCE_MS = 1000;
/** As long as reads leave the store alone after that, so that few of them wait for one that does not answer. */
const REST_MS = 5000;
const GENERATION = 'catalog.generation';

export interface CacheDeps {
  keyValue: KeyValue;
  metrics: Metrics;
  log: Log;
}

export interface Read {
  key: string;
  /** Whether the text is what `load` could have given. */
  isAnswer(text: string): boolean;
  load(): Promise<string>;
}

export function createCache({ keyValue, metrics, log }: CacheDeps) {
  const memory = createMemory(MEMORY);
  const reads = new Counter({
    name: 'catalog_cache_reads_total',
    help: 'Reads by where the answer came from: memory, stored, loaded, junk or bypassed',
    labelNames: ['outcome'],
    registers: [metrics],
  });

  let restUntil = 0;

  async function fromStore({ key, isAnswer }: Read, load: () => Promise<string>) {
    const stored = `catalog.${await findGeneration(keyValue)}.${key}`;
    const text = await keyValue.singleFlight(stored, STORED_MS, load);
    if (isAnswer(text)) return text;
    const repaired = await load();
    await keyValue.set(stored, repaired, { ttlMs: STORED_MS });
    reads.inc({ outcome: 'junk' });
    return repaired;
  }

  async function readThrough(read: Read): Promise<string> {
    let loading: Promise<string> | undefined;
    const loadOnce = () => (loading ??= read.load());
    // It changes in a callback, which the compiler's narrowing cannot see.
    const begun = () => loading;
    try {
      if (performance.now() < restUntil) throw new Error('the store is left alone for a while');
      const text = await inTime(fromStore(read, loadOnce));
      reads.inc({ outcome: begun() === undefined ? 'stored' : 'loaded' });
      return text;
    } catch {
      // Where a load was under way its outcome is the answer, even a failure; else the store is to blame.
      const bypassed = begun() === undefined;
      if (bypassed && performance.now() >= restUntil) restUntil = performance.now() + REST_MS;
      reads.inc({ outcome: bypassed ? 'bypassed' : 'loaded' });
      return loadOnce();
    }
  }

  return {
    /** Rejects only with what `load` rejects with. */
    read(read: Read): Promise<string> {
      const held = memory.find(read.key);
      if (held !== undefined) {
        reads.inc({ outcome: 'memory' });
        return held;
      }
      const text = readThrough(read);
      memory.hold(read.key, text);
      return text;
    },

    /** Call it after the commit. Never rejects: where the store is away, the bound on age is what holds. */
    async changed(): Promise<void> {
      // #region one-generation
      // Every key carries the generation, and a change replaces it: what was stored before can no longer be
      // asked for, and a load that began before stores under a name that nobody uses. Deleting keys instead
      // would need to know all lists that show the product, under every sort, search and page. The price is
      // that one change empties the whole cache, which then costs a query for each thing asked for; changes
      // are a few a day. The generation is random: a counter that the store forgets would begin again at 1,
      // beside answers of the first generation 1 that have a few seconds to live.
      try {
        await keyValue.set(GENERATION, newGeneration());
      } catch (error) {
        log.warn({ err: error }, 'cached answers may be old for a while');
      }
      memory.clear();
      // #endregion
    },
  };
}

export type Cache = ReturnType<typeof createCache>;

/** Any text will do, so what is found is never junk. Of replicas that find none, one sets it for all. */
async function findGeneration(keyValue: KeyValue): Promise<string> {
  const present = await keyValue.get(GENERATION);
  if (present !== undefined) return present;
  const value = newGeneration();
  const first = await keyValue.compareAndSet(GENERATION, { expected: undefined, value });
  return first ? value : ((await keyValue.get(GENERATION)) ?? value);
}

function newGeneration(): string {
  return JSON.stringify(randomUUID());
}

async function inTime(answer: Promise<string>): Promise<string> {
  const settled = new AbortController();
  const late = sleep(PATIENCE_MS, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`no answer from the cache in ${String(PATIENCE_MS)} ms`);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    settled.abort();
    late.catch(() => undefined);
    answer.catch(() => undefined);
  }
}
