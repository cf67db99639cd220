/**
 * Runs every check of this repository, two at a time, and shows what a check printed only where it failed.
 * All run even if one fails, so that one run shows all there is to fix. The last lines sum up, one a check. Names
 * narrow it: `npm run lint -- contracts openapi`.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const bin = 'node_modules';

/** Started in this order, the longest first. Each is a script for this Node, so no shell is needed anywhere. */
const CHECKS: { name: string; script: string; args?: string[] }[] = [
  { name: 'eslint', script: `${bin}/eslint/bin/eslint.js`, args: ['.', '--max-warnings=0'] },
  { name: 'types', script: `${bin}/typescript/bin/tsc`, args: ['-p', '.'] },
  {
    name: 'format',
    script: `${bin}/prettier/bin/prettier.cjs`,
    args: ['--check', '--log-level', 'warn', '.'],
  },
  {
    name: 'imports',
    script: `${bin}/dependency-cruiser/bin/dependency-cruiser.mjs`,
    args: ['--config', '.dependency-cruiser.mjs', '--output-type', 'err-long', '.'],
  },
  { name: 'unused', script: `${bin}/knip/bin/knip.js`, args: ['--no-config-hints'] },
  { name: 'shape', script: 'tools/check-shape.ts' },
  { name: 'docs', script: 'tools/check-docs.ts' },
  { name: 'contracts', script: 'tools/check-contracts.ts' },
  // Its rules are in redocly.yaml.
  {
    name: 'openapi',
    script: `${bin}/@redocly/cli/bin/cli.js`,
    args: ['lint', 'docs/openapi/v1.json'],
  },
];

interface Outcome {
  name: string;
  passed: boolean;
  seconds: string;
  output: string;
}

function run({ name, script, args = [] }: (typeof CHECKS)[number]): Promise<Outcome> {
  const started = performance.now();
  const child = spawn(process.execPath, [path.join(root, script), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // A check asks no registry whether there is a newer one of it.
      REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
      // Through a pipe they would leave the colours out, and a person reads this.
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
    },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  return new Promise((resolve) => {
    child.on('error', (error) => output.push(String(error)));
    child.on('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      resolve({ name, passed: code === 0, seconds, output: output.join('') });
    });
  });
}

async function runAll(): Promise<Outcome[]> {
  const wanted = process.argv.slice(2);
  const waiting = CHECKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  if (waiting.length < wanted.length) throw new Error(`no such check in: ${wanted.join(', ')}`);
  const outcomes: Outcome[] = [];
  async function takeTurns(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const outcome = await run(next);
      outcomes.push(outcome);
      if (!outcome.passed) console.log(`--- ${outcome.name}\n${outcome.output.trim()}\n`);
    }
  }
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, takeTurns));
  return outcomes;
}

const outcomes = await runAll();
for (const { name, passed, seconds } of outcomes)
  console.log(`${passed ? 'ok    ' : 'FAILED'}  ${name.padEnd(9)}  ${seconds.padStart(5)} s`);
process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1;
