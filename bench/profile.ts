/**
 * `npm run profile -- SERVICE [--seconds 15] [--rate 50]` starts a platform of its own, places orders at that rate,
 * and profiles the service meanwhile. The profile is a file for Chrome's DevTools (Performance, load profile) or
 * https://www.speedscope.app, and its most expensive functions are printed.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../commands/lib/running.ts';
import { serviceNames, type ServiceName } from '../infra/embedded/names.ts';
import { UserError } from '../infra/embedded/user-error.ts';
import { withPlatform } from './lib/bench.ts';
import { openLoop } from './lib/load.ts';
import { postToGateway } from './lib/post-orders.ts';
import { summariseProfile, type ProfileSummary } from './lib/summarise-profile.ts';

const root = path.resolve(import.meta.dirname, '..');
/** Until what is called often is compiled and every connection is open. */
const WARM_UP_SECONDS = 5;
const WRITE_MS = 30_000;
const SHOWN = 15;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runCommand(async () => {
  const { service, seconds, perSecond } = readOptions();
  const file = profileFile(service);
  const environment = {
    NODE_OPTIONS: `--import ${new URL('lib/profiler.ts', import.meta.url).href}`,
    PROFILE_SERVICE: service,
    PROFILE_FILE: file,
  };
  print(`profiling ${service} for ${String(seconds)} s at ${String(perSecond)} orders/s`);
  await withPlatform(environment, async (context) => {
    const send = await postToGateway(context);
    const profiled = context.platform.processes[service];
    await openLoop(send, { perSecond, seconds: WARM_UP_SECONDS });
    profiled.kill('SIGWINCH');
    const { timesMs, failures } = await openLoop(send, { perSecond, seconds });
    profiled.kill('SIGWINCH');
    await written(file);
    print(`${String(timesMs.length)} orders, ${String(failures)} failures`);
  });
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Profiler.Profile;
  show(summariseProfile(profile, root));
  print(
    `\n${path.relative(process.cwd(), file)}: open it in Chrome's DevTools or https://www.speedscope.app`,
  );
  return 0;
});

function readOptions(): { service: ServiceName; seconds: number; perSecond: number } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '15' },
      rate: { type: 'string', default: '50' },
    },
  });
  const [name = '(none)'] = positionals;
  const service = serviceNames.find((known) => known === name);
  if (service === undefined || positionals.length > 1) {
    throw new UserError(
      `name one service to profile, not ${positionals.join(' ') || 'none'}: ${serviceNames.join(', ')}`,
    );
  }
  return {
    service,
    seconds: wholeNumber('seconds', values.seconds, 600),
    perSecond: wholeNumber('rate', values.rate, 2000),
  };
}

function wholeNumber(name: string, text: string, maximum: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= maximum) return number;
  throw new UserError(`--${name} must be a whole number from 1 to ${String(maximum)}`);
}

/** In `.waymark`, which git ignores and `npm start` makes. */
function profileFile(service: string): string {
  const folder = path.join(root, '.waymark', 'profiles');
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  return path.join(folder, `${service}-${at}.cpuprofile`);
}

async function written(file: string): Promise<void> {
  const deadline = performance.now() + WRITE_MS;
  while (!existsSync(file)) {
    if (performance.now() > deadline)
      throw new Error('the service wrote no profile; did it die meanwhile?');
    await sleep(50);
  }
}

function show({ seconds, busyMs, functions }: ProfileSummary): void {
  const busy = (busyMs / seconds / 10).toFixed(0);
  print(`\n${seconds.toFixed(1)} s, busy for ${busy} % of them; self time:\n`);
  for (const { name, place, selfMs, share } of functions.slice(0, SHOWN)) {
    const percent = `${(share * 100).toFixed(1)} %`.padStart(7);
    print(`${selfMs.toFixed(0).padStart(6)} ms ${percent}  ${name}  ${place}`);
  }
}
