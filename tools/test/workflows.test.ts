/**
 * The workflows of .github/ never run on this machine, so what can be known about them without a runner is held here: what
 * they pin, what they may do, how long, and that each step is a command that there is. The checkers of others join
 * in where they are installed (.github/checkers.txt, and actionlint).
 */
import { describe, expect, test } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const files = globSync('.github/**/*.{yml,yaml}', { cwd: root }).sort();

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}

interface Job {
  'timeout-minutes'?: number;
  permissions?: Record<string, string>;
  uses?: string;
  steps?: Step[];
  environment?: string;
  concurrency?: unknown;
}

interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  concurrency?: unknown;
  jobs: Record<string, Job>;
}

const workflows = files
  .filter((file) => path.dirname(file) === path.join('.github', 'workflows'))
  .map((file) => ({ file, workflow: parse(read(file)) as Workflow }));
const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({
    name: `${path.basename(file)} ${name}`,
    job,
  })),
);
const steps = jobs.flatMap(({ name, job }) => (job.steps ?? []).map((step) => ({ name, step })));
const namesOf = (found: { name: string }[]) => found.map(({ name }) => name);

test('there are the four ways of a commit', () => {
  expect(workflows.map(({ file }) => path.basename(file, '.yml'))).toEqual([
    'main',
    'nightly',
    'pull-request',
    'release',
  ]);
});

test("every action of others is pinned to a commit, with the version's name beside it", () => {
  const used = files.flatMap((file) => [...read(file).matchAll(/^[\s-]*uses: (.*)$/gm)]);
  const foreign = used.map(([, use = '']) => use).filter((use) => !use.startsWith('./'));
  expect(foreign.length).toBeGreaterThan(10);
  expect(foreign.filter((use) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(use))).toEqual(
    [],
  );
  // One action in two versions is one that somebody forgot.
  expect(new Set(foreign).size).toBe(new Set(foreign.map((use) => use.split('@')[0])).size);
});

test('nothing is allowed but what a job says that it needs', () => {
  for (const { workflow } of workflows) expect(workflow.permissions).toEqual({});
  expect(namesOf(jobs.filter(({ job }) => job.permissions === undefined))).toEqual([]);
  const writing = jobs.filter(({ job }) => Object.values(job.permissions ?? {}).includes('write'));
  expect(namesOf(writing)).toEqual([
    'main.yml images',
    'main.yml staging',
    'main.yml passed-staging',
    'release.yml production',
  ]);
  // Who can write to the registry cannot sign in to a cluster, and the other way round.
  const both = writing.filter(
    ({ job }) => job.environment !== undefined && job.permissions?.packages === 'write',
  );
  expect(namesOf(both)).toEqual([]);
});

test('every job ends in a bounded time, and no two runs deploy at once', () => {
  const endless = jobs.filter(
    ({ job }) => job.uses === undefined && !((job['timeout-minutes'] ?? 0) > 0),
  );
  expect(namesOf(endless)).toEqual([]);
  for (const { workflow } of workflows) expect(workflow.concurrency).toBeDefined();
  const deploying = jobs.filter(({ job }) => job.environment !== undefined);
  expect(namesOf(deploying)).toEqual(['main.yml staging', 'release.yml production']);
  for (const { job } of deploying) {
    expect(job.concurrency).toEqual({ group: job.environment, 'cancel-in-progress': false });
  }
});

test('no checkout leaves its token behind', () => {
  const checkouts = steps.filter(({ step }) => step.uses?.startsWith('actions/checkout@'));
  expect(checkouts.length).toBeGreaterThan(10);
  expect(
    namesOf(checkouts.filter(({ step }) => step.with?.['persist-credentials'] !== false)),
  ).toEqual([]);
});

test('no step puts an expression into a shell, where a title of a pull request could be a command', () => {
  expect(namesOf(steps.filter(({ step }) => step.run?.includes('${{')))).toEqual([]);
});

test('no secret is stored: a job is who it is, and asks for a token', () => {
  for (const file of files) {
    expect(read(file)).not.toMatch(/\bsecrets\s*[.[:]|pull_request_target|workflow_run/);
    expect(read(file)).not.toMatch(/(AWS|AZURE|GOOGLE|GCP)_\w*(KEY|SECRET|CREDENTIALS|PASSWORD)/i);
  }
});

test('every npm script that a step runs is one of package.json', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const called = steps.flatMap(({ step }) => [
    ...(step.run ?? '').matchAll(/\bnpm (?:run (?:--silent )?)?([\w-]+)/g),
  ]);
  const names = new Set(called.map(([, name = '']) => name));
  expect(names.size).toBeGreaterThan(10);
  expect([...names].filter((name) => scripts[name] === undefined)).toEqual([]);
});

test('staging and production get what was verified, and production only what passed staging', () => {
  const runs = (name: string) =>
    steps.filter((step) => step.name === name).map(({ step }) => step.run ?? '');
  for (const [job, brings, verifies] of [
    ['main.yml staging', 'npm run deploy', 'npm run images -- verify'],
    ['release.yml production', 'npm run promote', 'npm run images -- verify --passed'],
  ] as const) {
    const verified = runs(job).findIndex((run) => run.startsWith(verifies));
    const brought = runs(job).findIndex((run) => run.startsWith(brings));
    expect(verified).toBeGreaterThan(-1);
    expect(brought).toBeGreaterThan(verified);
  }
  expect(runs('release.yml production').join('\n')).not.toMatch(/images -- (publish|build)/);
});

const checkers: Record<string, string[]> = {
  actionlint: [],
  zizmor: ['--offline', '--no-progress', '.github'],
  checkov: [
    ...['--quiet', '--compact', '--skip-download', '--framework', 'github_actions', 'dockerfile'],
    ...['--directory', '.', '--skip-path', 'node_modules', '--skip-path', '.waymark'],
  ],
};

describe.each(Object.entries(checkers))('%s', (checker, args) => {
  const isHere =
    spawnSync(checker, ['--version'], { stdio: 'ignore', timeout: 60_000 }).status === 0;
  (isHere ? test : test.skip)(
    isHere ? 'finds nothing' : `finds nothing (skipped: there is no ${checker})`,
    async () => {
      const run = promisify(execFile)(checker, args, { cwd: root });
      await expect(run).resolves.toBeDefined();
    },
    180_000,
  );
});
