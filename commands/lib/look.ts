/** Prints `books` or what is `left` as JSON, for a chaos run that is outside of the platform's network. */
import { readBooks } from './books.ts';
import { countLeft } from './left.ts';
import { getRunning, runCommand } from './running.ts';

await runCommand(async () => {
  const running = await getRunning();
  const what = process.argv[2];
  const seen = what === 'left' ? await countLeft(running) : await readBooks(running.databaseUrl, 0);
  process.stdout.write(JSON.stringify(seen));
  return 0;
});
