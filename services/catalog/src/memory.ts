/**
 * The last answers of this process, as promises, so that those who come while one is being made wait for it too.
 * Bounded in number and in age; docs/decisions/0007-catalog-cache.md has what it is worth.
 */

export interface MemoryOptions {
  maxEntries: number;
  /** Counted from when the answer was asked for, so that the time to make it is within. */
  holdMs: number;
}

export function createMemory({ maxEntries, holdMs }: MemoryOptions) {
  const held = new Map<string, { text: Promise<string>; until: number }>();

  return {
    find(key: string): Promise<string> | undefined {
      const entry = held.get(key);
      return entry !== undefined && performance.now() < entry.until ? entry.text : undefined;
    },

    /** Holds it until it is too old, fails, or has to make room. */
    hold(key: string, text: Promise<string>): void {
      const entry = { text, until: performance.now() + holdMs };
      // A map keeps the order of insertion, so what was held first makes room first.
      held.delete(key);
      held.set(key, entry);
      const [oldest] = held.keys();
      if (held.size > maxEntries && oldest !== undefined) held.delete(oldest);
      text.catch(() => {
        if (held.get(key) === entry) held.delete(key);
      });
    },

    clear(): void {
      held.clear();
    },
  };
}
