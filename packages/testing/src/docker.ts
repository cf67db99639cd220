/**
 * Tests that need Docker are skipped where there is none, visibly: the title says why, and the closing line counts
 * them. The images are those of docker-compose.yml.
 */
import { describe } from '@jest/globals';
import { spawnSync } from 'node:child_process';

export function describeWithDocker(title: string, body: () => void): void {
  // A server that does not answer is as good as none.
  const { status } = spawnSync('docker', ['version'], { timeout: 10_000, stdio: 'ignore' });
  if (status === 0) describe(title, body);
  else describe.skip(`${title} (skipped: there is no Docker)`, body);
}
