/** Docker's command line, for the commands that have to do with a platform in containers. */
import { run, runHere } from './program.ts';

const NO_DOCKER = 'this needs Docker, and there is none here';

/** Its output. Throws UserError with the end of what Docker complained of. */
export function docker(args: string[], env: Record<string, string> = {}): Promise<string> {
  return run('docker', { args, env, shownLines: 5, missing: NO_DOCKER });
}

/** On this terminal; returns the exit code. */
export function dockerHere(args: string[]): Promise<number> {
  return runHere('docker', args, NO_DOCKER);
}
