/**
 * `npm run scan`: what came from elsewhere, and what must not have got in. Known holes in dependencies, as the registry
 * tells them; secrets, in each file that git keeps and in all that it ever kept; and, with `--sbom FILE`, a list of what
 * all of it is made of, in CycloneDX. Exit 1: something was found. Exit 2: one of them could not be looked at.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findSecrets } from './find-secrets.ts';

const root = path.resolve(import.meta.dirname, '..');
const ENDED_MS = 120_000;

interface Look {
  status: 'clean' | 'found' | 'not possible';
  details: string;
}

const { values } = parseArgs({ options: { sbom: { type: 'string' } } });
const looks: [string, Look][] = [
  ['dependencies', audit()],
  ['secrets in files', await secretsIn(keptFiles())],
  ['secrets in history', await secretsIn(history())],
];
if (values.sbom !== undefined) looks.push([values.sbom, writeSbom(values.sbom)]);

for (const [name, { status, details }] of looks) {
  if (status !== 'clean') process.stdout.write(`${details.trim()}\n\n`);
  process.stdout.write(`${name.padEnd(20)} ${status}\n`);
}
const worst = (status: Look['status']) => looks.some(([, look]) => look.status === status);
process.exitCode = worst('found') ? 1 : Number(worst('not possible')) * 2;

/** Of what the lockfile names, those known to be holes that matter. */
function audit(): Look {
  const { status, stdout, stderr } = pnpm('audit', '--audit-level', 'high', '--json');
  if (status === 0) return { status: 'clean', details: '' };
  // What it has found is told on stdout, what kept it from looking on stderr.
  const isReport = stdout.trimStart().startsWith('{') && stdout.includes('"advisories"');
  return { status: isReport ? 'found' : 'not possible', details: isReport ? stdout : stderr };
}

function writeSbom(file: string): Look {
  const args = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--lockfile-only'];
  const { status, stderr } = pnpm('sbom', ...args, '--out', path.resolve(file));
  return { status: status === 0 ? 'clean' : 'not possible', details: stderr };
}

async function secretsIn(texts: Iterable<{ name: string; text: string }>): Promise<Look> {
  const found: string[] = [];
  for (const { name, text } of texts) {
    for (const { line, what } of await findSecrets(text))
      found.push(`${name}:${String(line)} ${what}`);
  }
  return { status: found.length === 0 ? 'clean' : 'found', details: found.join('\n') };
}

function* keptFiles() {
  for (const name of git('ls-files', '-z').split('\0').filter(Boolean))
    yield { name, text: readFileSync(path.join(root, name), 'utf8') };
}

/** What each commit changed; what was taken out again is still there for whoever clones. */
function* history() {
  for (const commit of git('rev-list', '--all').trim().split('\n'))
    yield { name: commit, text: git('show', '--format=', '--unified=0', '--no-ext-diff', commit) };
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
}

function pnpm(...args: string[]) {
  return spawnSync('npx', ['--yes', 'pnpm@12', ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: ENDED_MS,
    maxBuffer: 1 << 28,
  });
}
