/**
 * A pace for something whose cost hardly depends on how much there is to do: after each turn it rests for a while that
 * the turn itself decides, so that more goes together the slower everything is. What comes alone waits for nobody.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Pace {
  /** Resolves when the rest is over, and the next turn may begin. */
  ready(): Promise<void>;
  /** Call it when a turn has ended. */
  ended(): void;
}

/** Rests `times` as long as a turn took, `maxMs` at most. */
export function createPace({ times, maxMs }: Record<'times' | 'maxMs', number>): Pace {
  let beganAt = 0;
  let readyAt = 0;
  return {
    async ready() {
      const waitMs = readyAt - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      beganAt = performance.now();
    },
    ended() {
      const now = performance.now();
      readyAt = now + Math.min(times * (now - beganAt), maxMs);
      // Of a turn that follows at once, without a rest.
      beganAt = now;
    },
  };
}
