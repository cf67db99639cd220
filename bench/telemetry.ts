/**
 * Telemetry: intake with spans sent to a collector that throws them away, sampled as they are where nothing is
 * said, against intake without. Two platforms, in turns; the consumers are stopped, so that no order of one
 * side is still being worked on while the other side is measured.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Platform } from '../infra/embedded/platform.ts';
import { forkServer, withPlatform, type Bench, type BenchContext } from './lib/bench.ts';
import { compare, compareCpu, noteCpu } from './lib/compare.ts';
import { closedLoop } from './lib/load.ts';
import { CLIENTS, CONSUMERS, postToGateway } from './lib/post-orders.ts';
import { cpuTimesMs } from './lib/usage.ts';

const SECONDS = 3;
const ROUNDS = 9;
/** By then the outbox is empty, and what spans are left fill no batch. */
const SETTLE_MS = 1000;

export const telemetry: Bench = {
  name: 'telemetry',
  async run(without, print) {
    const sink = await forkServer('otlp-sink.ts', {});
    const spans = async () => ((await (await fetch(sink.url)).json()) as { spans: number }).spans;
    try {
      return await withPlatform({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url }, async (within) => {
        const [on, off] = [await intakeOf(within), await intakeOf(without)];
        const before = await spans();
        const what = 'intake, telemetry on of off';
        const sides = { ours: on.load, limit: off.load };
        const throughput = await compare(sides, { what, rounds: ROUNDS, print });
        const cpu = compareCpu({ ours: on.perAnswerMs, limit: off.perAnswerMs }, print);
        const spansPerSecond = ((await spans()) - before) / (SECONDS * ROUNDS);
        print(`  ${spansPerSecond.toFixed(0)} spans/s received`);
        return {
          clients: CLIENTS,
          seconds: SECONDS,
          rounds: ROUNDS,
          throughput,
          cpu,
          spansPerSecond,
        };
      });
    } finally {
      sink.stop();
    }
  },
};

/** One side, warmed up. */
async function intakeOf(context: BenchContext) {
  const { platform } = context;
  for (const name of CONSUMERS) await platform.processes[name].stop();
  const send = await postToGateway(context);
  const load = async () => {
    const done = await closedLoop(send, { clients: CLIENTS, seconds: SECONDS });
    await sleep(SETTLE_MS);
    return done;
  };
  await load();
  return noteCpu(load, () => allCpuMs(platform));
}

/** NaN where the system does not tell. */
async function allCpuMs(platform: Platform): Promise<number> {
  const times = await cpuTimesMs(platform);
  return times === undefined ? NaN : Object.values(times).reduce((sum, ms) => sum + ms, 0);
}
