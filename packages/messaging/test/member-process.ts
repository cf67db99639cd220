/** A member of a consumer group in a process of its own, for tests that kill it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** `handled` has a line `key:value` for each record that it handled. */
export function startMember(
  env: { url: string; group: string; topic: string },
  onLine: (line: string) => void = () => undefined,
): { child: ChildProcess; handled: string[] } {
  const file = new URL('./fixtures/member.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, EVENT_LOG_URL: env.url, GROUP: env.group, TOPIC: env.topic },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const handled: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    handled.push(line);
    onLine(line);
  });
  return { child, handled };
}
