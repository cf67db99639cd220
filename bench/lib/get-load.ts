/**
 * The heaviest load of GETs that one process can make, by autocannon. Its clients cost less than the answers that
 * they ask for; with undici's the load would be the limit, and two servers of different speed would look alike.
 */
import autocannon from 'autocannon';
import type { Load } from './load.ts';

export async function getLoad(
  url: string,
  paths: string[],
  { clients, seconds }: { clients: number; seconds: number },
): Promise<Load> {
  const timesMs: number[] = [];
  const requests = paths.map((path) => ({ method: 'GET' as const, path }));
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = { url, requests, connections: clients, duration: seconds };
    const run = autocannon(options, (error: Error | null, done) => {
      if (error === null) resolve(done);
      else reject(error);
    });
    run.on('response', (...[, status, , ms]) => {
      if (status === 200) timesMs.push(ms);
    });
  });
  return {
    perSecond: timesMs.length / result.duration,
    timesMs: timesMs.sort((a, b) => a - b),
    failures: result.non2xx + result.errors,
  };
}
