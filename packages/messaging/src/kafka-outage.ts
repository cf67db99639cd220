/** Whether Kafka is heard, and one line in the log when it is not, however many attempts fail; another when it is. */
import type { Log } from '@waymark/telemetry/log.ts';
import { parseKafkaUrl, refusal } from './kafka-client.ts';

/** Shorter silences are everyday: a group that is new, a coordinator that moves. */
export const SILENT_MS = 3000;
/** An outage that lasts, or comes and goes, is told again after this long. */
const REPEAT_MS = 60_000;

export type Outage = ReturnType<typeof createOutage>;

export function createOutage(options: { url: string; group: string; topics: string[]; log: Log }) {
  const { url, group, topics, log } = options;
  const { brokers } = parseKafkaUrl(url);
  const toldAt = new Map<string, number>();
  let heardAt = performance.now();
  let told = false;

  const silentMs = () => performance.now() - heardAt;

  function tell(error: unknown, refused: string | undefined): void {
    const message = refused ?? 'Kafka is away, will try again';
    if (performance.now() - (toldAt.get(message) ?? -Infinity) < REPEAT_MS) return;
    toldAt.set(message, performance.now());
    told = true;
    log[refused === undefined ? 'warn' : 'error']({ err: error, group, topics, brokers }, message);
  }

  return {
    silentMs,
    heard() {
      heardAt = performance.now();
      if (told) log.info({ group, topics }, 'Kafka is back');
      told = false;
    },
    report(error: unknown): { refused: boolean } {
      const refused = refusal(error, url, `to read ${topics.join(', ')} as the group ${group}`);
      if (refused !== undefined || silentMs() > SILENT_MS) tell(error, refused);
      else log.debug({ err: error, group, topics }, 'lost Kafka, will try again');
      return { refused: refused !== undefined };
    },
  };
}
