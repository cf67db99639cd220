/**
 * Runs in the cluster: waits until a consumer group has read everything, and prints as JSON how far it was behind and how
 * fast it caught up, from the moment when it began to.
 */
import { flows } from '@waymark/contracts/flows.ts';
import { totalLag } from '@waymark/messaging/event-log.ts';
import { openEventLog } from '@waymark/messaging/open.ts';
import { silentLog } from '@waymark/telemetry/log.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { getRunning, runCommand } from '../running.ts';

export interface CaughtUp {
  backlog: number;
  seconds: number;
  perSecond: number;
}

const GIVE_UP_MS = 180_000;
const PAUSE_MS = 200;

if (import.meta.main) await runCommand(main);

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { group: { type: 'string', default: '' } } });
  const { group } = values;
  const flow = flows.find(({ service }) => service === group);
  const topics = [...new Set(flow?.receives.map(({ topic }) => topic))];
  const { eventLogUrl } = await getRunning();
  const eventLog = openEventLog({ url: eventLogUrl, client: 'watch-lag', log: silentLog });
  const lag = async () => totalLag(await eventLog.lag(group, topics));
  const backlog = await lag();
  const deadline = performance.now() + GIVE_UP_MS;
  let begunAt = performance.now();
  for (let left = backlog; left > 0; left = await lag()) {
    if (performance.now() > deadline) throw new Error(`${String(left)} events are left`);
    if (left >= backlog) begunAt = performance.now();
    await sleep(PAUSE_MS);
  }
  await eventLog.close();
  const seconds = (performance.now() - begunAt) / 1000;
  const result: CaughtUp = { backlog, seconds, perSecond: backlog / seconds };
  process.stdout.write(JSON.stringify(result));
  return 0;
}
