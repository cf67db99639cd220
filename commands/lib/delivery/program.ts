/** A program of somebody else's, started for its output. */
import { spawn } from 'node:child_process';
import { UserError } from '../../../infra/embedded/user-error.ts';
import { root } from '../docker.ts';

const SHOWN_LINES = 8;

export interface Call {
  args: readonly string[];
  input?: string | undefined;
}

/** What it writes to stdout. Throws UserError with the end of what it complained of. */
export async function run(program: string, { args, input = '' }: Call): Promise<string> {
  const child = spawn(program, args, { cwd: root });
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  // One that fails at once does not read what it is given; its exit code says why.
  child.stdin.on('error', () => undefined).end(input);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', () => {
      reject(new UserError(`this needs ${program}, and there is none here`));
    });
    child.once('close', (status) => resolve(status ?? 1));
  });
  if (code === 0) return output;
  const end = complaint.trim().split('\n').slice(-SHOWN_LINES).join('\n');
  throw new UserError(`${program} ${args.join(' ')}: ${end}`);
}
