/**
 * Loaded with `--import` into the service that is to be profiled: the first SIGWINCH starts V8's CPU profiler, the
 * second stops it and writes PROFILE_FILE. Node's own --cpu-prof would profile from the first module to the last
 * line of the drain, and loading modules would top every list. NODE_OPTIONS reach all services, so it looks whose
 * process it is in. SIGWINCH, because a service takes nearly every other signal as a wish to stop it.
 */
import { writeFileSync, renameSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import process from 'node:process';

const { OTEL_SERVICE_NAME, PROFILE_SERVICE, PROFILE_FILE = '' } = process.env;

if (OTEL_SERVICE_NAME === PROFILE_SERVICE) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  process.once('SIGWINCH', () => {
    void session.post('Profiler.start');
    process.once('SIGWINCH', () => void write(session));
  });
}

async function write(session: Session): Promise<void> {
  const { profile } = await session.post('Profiler.stop');
  // Under its name only when it is whole: the command waits for the name.
  writeFileSync(`${PROFILE_FILE}.part`, JSON.stringify(profile));
  renameSync(`${PROFILE_FILE}.part`, PROFILE_FILE);
}
