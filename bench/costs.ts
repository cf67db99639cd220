/** Costs: CPU time per order, process by process, while orders come in steadily; and memory at rest. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoAddress } from '../commands/lib/shop.ts';
import type { Bench } from './lib/bench.ts';
import { openLoop } from './lib/load.ts';
import { cpuTimesMs, memoryMiB } from './lib/usage.ts';

const PER_SECOND = 20;
const SECONDS = 20;
/** By then the last order is captured and committed, and idle connections are closed. */
const REST_MS = 15_000;

export const costs: Bench = {
  name: 'costs',
  async run({ platform, shop, productIds }, print) {
    const send = async (index: number) => {
      const lines = [{ productId: productIds[index % productIds.length] ?? '', quantity: 1 }];
      const order = { lines, payment: { cardToken: 'tok_approve' }, shipTo: demoAddress };
      return (await shop.place('ada', order, randomUUID())).status === 201;
    };
    await openLoop(send, { perSecond: PER_SECOND, seconds: 5 });
    const before = await cpuTimesMs(platform);
    const { timesMs } = await openLoop(send, { perSecond: PER_SECOND, seconds: SECONDS });
    await sleep(REST_MS);
    const after = await cpuTimesMs(platform);
    const memory = await memoryMiB(platform);
    if (before === undefined || after === undefined || memory === undefined) {
      print('costs: this system does not tell what processes use');
      return undefined;
    }
    const perOrder = Object.fromEntries(
      Object.entries(after).map(([name, ms]) => [
        name,
        (ms - (before[name] ?? 0)) / timesMs.length,
      ]),
    );
    for (const [name, ms] of Object.entries(perOrder)) {
      print(
        `${name.padEnd(14)} ${ms.toFixed(2)} ms CPU per order, ${(memory[name] ?? NaN).toFixed(0)} MiB`,
      );
    }
    const total = (numbers: Record<string, number>) =>
      Object.values(numbers).reduce((sum, number) => sum + number, 0);
    print(
      `all            ${total(perOrder).toFixed(2)} ms CPU per order, ${total(memory).toFixed(0)} MiB`,
    );
    return { perSecond: PER_SECOND, seconds: SECONDS, cpuMsPerOrder: perOrder, memoryMiB: memory };
  },
};
