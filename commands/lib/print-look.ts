/** Prints a look as JSON, for a chaos run that is outside of the platform's network. */
import { look } from './look.ts';
import { getRunning, runCommand } from './running.ts';

await runCommand(async () => {
  process.stdout.write(JSON.stringify(await look(await getRunning())));
  return 0;
});
