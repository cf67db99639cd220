/** Docker's command line, for the commands that have to do with a platform in containers. */
import { spawn, type StdioOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../infra/embedded/user-error.ts';

/** Where docker-compose.yml lies. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

const SHOWN_LINES = 5;

/** Its output. Throws UserError with the end of what Docker complained of. */
export async function docker(args: string[], env: Record<string, string> = {}): Promise<string> {
  const { code, output, complaint } = await run(args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  if (code === 0) return output;
  const end = complaint.trim().split('\n').slice(-SHOWN_LINES).join('\n');
  throw new UserError(`docker ${args.join(' ')}: ${end}`);
}

/** On this terminal; returns the exit code. */
export async function dockerHere(args: string[]): Promise<number> {
  const { code } = await run(args, { env: {}, stdio: 'inherit' });
  return code;
}

async function run(
  args: string[],
  { env, stdio }: { env: Record<string, string>; stdio: StdioOptions },
) {
  const child = spawn('docker', args, { cwd: root, env: { ...process.env, ...env }, stdio });
  let output = '';
  let complaint = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', () => reject(new UserError('this needs Docker, and there is none here')));
    child.once('close', (status) => resolve(status ?? 1));
  });
  return { code, output, complaint };
}
