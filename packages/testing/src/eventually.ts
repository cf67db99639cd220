/** Waits for a condition instead of sleeping: as fast as the truth, and an error when it does not come. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Calls `check` until it neither throws nor returns false; after `timeoutMs` its last failure is thrown. */
export async function eventually<T>(check: () => T | Promise<T>, timeoutMs = 10_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let failure: unknown = new Error('the condition did not come true');
    try {
      const result = await check();
      if (result !== false) return result;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline) throw failure;
    await sleep(20);
  }
}
