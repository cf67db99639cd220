/**
 * A bench of a platform in containers. Databases and brokers have no port outside of their network, so the bench runs
 * there, in a container of its own (infra/docker/bench.yml); what it prints comes back as it is said.
 */
import { startProject } from '../../commands/lib/compose-project.ts';

/** Resolves with what is kept. */
export async function runOnCompose(name: string, print: (line: string) => void): Promise<unknown> {
  const changes = 'infra/docker/bench.yml';
  const platform = await startProject({ name: 'bench', changes, say: print });
  try {
    const printed = await platform.inside('bench', 'node', 'bench/inside.ts', name);
    const lines = printed.trim().split('\n');
    const results: unknown = JSON.parse(lines.pop() ?? '');
    for (const line of lines) print(line);
    return results;
  } finally {
    await platform.wipe();
  }
}
