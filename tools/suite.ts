/**
 * `npm run suite -- plain --shard 1/3` runs a part of the tests that need nothing but Node, `npm run suite -- containers`
 * those that start containers, one file after another: brokers that share two cores with other brokers are slow, and
 * then it is the machine that is tested. Together they are `npm test`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { filesOf } from './documents.ts';

const root = path.resolve(import.meta.dirname, '..');
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { shard: { type: 'string' } },
});
const [part] = positionals;
const files = filesOf(root, '**/test/**/*.test.ts').filter((file) => {
  const needsContainers = /\bdescribeWithDocker\(/.test(
    readFileSync(path.join(root, file), 'utf8'),
  );
  return needsContainers === (part === 'containers');
});
if (part !== 'plain' && part !== 'containers') throw new Error('say plain or containers');

const shard = values.shard === undefined ? [] : [`--shard=${values.shard}`];
const order = part === 'containers' ? ['--runInBand'] : [];
const { status } = spawnSync(
  process.execPath,
  [...jest, 'node_modules/jest/bin/jest.js', ...shard, ...order, '--runTestsByPath', ...files],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
