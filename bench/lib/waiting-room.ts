/** For what is sent by a key and arrives elsewhere, perhaps before anybody waits for it. */
const ARRIVAL_MS = 30_000;

export function waitingRoom() {
  const arrived = new Set<string>();
  const waiting = new Map<string, () => void>();
  return {
    arrive(key: string): void {
      arrived.add(key);
      waiting.get(key)?.();
    },
    /** False where it has not arrived in 30 seconds. */
    wait(key: string): Promise<boolean> {
      if (arrived.has(key)) return Promise.resolve(true);
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, ARRIVAL_MS, false);
        waiting.set(key, () => {
          clearTimeout(timer);
          resolve(true);
        });
      });
    },
  };
}
