/**
 * A bound on how often something is done whose cost hardly depends on how much there is to do: the less often, the
 * more goes together. A few times in a row are free, so that what comes alone waits for nobody.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when the next turn may begin: `inARow` at once after a rest, and `perSecond` in the long run. */
export type Pace = () => Promise<void>;

export function createPace({ perSecond, inARow }: Record<'perSecond' | 'inARow', number>): Pace {
  const everyMs = 1000 / perSecond;
  // When all turns so far would have begun at an even pace: the generic cell rate algorithm of ITU-T I.371.
  let evenAt = 0;
  return async () => {
    const now = performance.now();
    const waitMs = evenAt - (inARow - 1) * everyMs - now;
    evenAt = Math.max(evenAt, now) + everyMs;
    if (waitMs > 0) await sleep(waitMs);
  };
}
