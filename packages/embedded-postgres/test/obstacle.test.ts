import { expect, test } from '@jest/globals';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { findObstacle } from '../src/obstacle.ts';

test('a folder that everybody can enter is no obstacle', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-obstacle-'));
  await chmod(folder, 0o755);
  expect(await findObstacle(path.join(folder, 'postgres'))).toBeUndefined();
  await rm(folder, { recursive: true });
});

const asRoot = userInfo().uid === 0 ? test : test.skip;
asRoot('under root, a folder that only root can enter is named, with what to do', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-obstacle-'));
  await chmod(folder, 0o700);
  expect(await findObstacle(path.join(folder, 'postgres'))).toContain(`chmod o+x ${folder}`);
  await rm(folder, { recursive: true });
});

test('a platform that PostgreSQL does not come for is named', async () => {
  expect(await findObstacle(tmpdir(), 'linux-s390x')).toContain('not for linux-s390x');
});
