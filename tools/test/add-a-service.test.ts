/**
 * Follows "How to add a service" of CONTRIBUTING.md to the letter, in a copy: writes the files that it shows,
 * makes the changes that it shows, and asks whether what comes out is a service. So a page that no longer
 * leads there is red.
 */
import { afterAll, expect, test } from '@jest/globals';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { check } from '../check-shape.ts';

const origin = path.join(import.meta.dirname, '../..');
const page = readFileSync(path.join(origin, 'CONTRIBUTING.md'), 'utf8');
const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'waymark-add-')));
const service = path.join(root, 'services/hours');
const removeCopy = () => {
  rmSync(root, { recursive: true });
};
afterAll(removeCopy);

try {
  copyPlatform();
  for (const { file, language, text } of blocksOf(page)) {
    if (language === 'diff') applyChange(path.join(root, file), text);
    else write(path.join(root, file), text);
  }
  linkDependencies();
  // The tests of the new service run as a part of these.
  await import(pathToFileURL(path.join(service, 'test/api.test.ts')).href);
} catch (error) {
  // A file that does not get as far as its tests is not cleaned up after, either.
  removeCopy();
  throw error;
}

test('the service has the shape', () => {
  expect(check(root)).toEqual([]);
});

test('the service, and the platform that it was added to, fit their types', () => {
  const config = {
    extends: path.join(origin, 'tsconfig.json'),
    compilerOptions: { typeRoots: [path.join(origin, 'node_modules/@types')] },
    include: ['services', 'infra/embedded', 'infra/docker/init.ts'],
  };
  write(path.join(root, 'tsconfig.json'), JSON.stringify(config));
  // What packages have to say of themselves is not indented and begins with the way out of the copy.
  const complaints = runTool('typescript/bin/tsc', ['-p', root]).split('\n');
  expect(complaints.filter((line) => /^(?!\.\.)\S/.test(line))).toEqual([]);
}, 120_000);

test('the service is formatted as all the rest', () => {
  const settings = ['--config', '.prettierrc.json', '--ignore-path', '.prettierignore'];
  for (const file of [settings[1], settings[3]])
    cpSync(path.join(origin, String(file)), path.join(root, String(file)));
  const args = [...settings, '--log-level', 'warn', '--check', 'services', 'infra'];
  expect(runTool('prettier/bin/prettier.cjs', args)).toBe('');
});

test('the service starts, is ready, answers, and leaves when it is told to', async () => {
  const [port, operationsPort] = [await freePort(), await freePort()];
  const env = { PORT: String(port), OPERATIONS_PORT: String(operationsPort) };
  const child = spawn(process.execPath, ['src/main.ts'], { cwd: service, env, stdio: 'ignore' });
  try {
    const ready = await eventually(() => fetch(`http://127.0.0.1:${env.OPERATIONS_PORT}/readyz`));
    expect(ready.status).toBe(200);
    const answer = await fetch(`http://127.0.0.1:${env.PORT}/v1/hours?weekday=6`);
    expect(await answer.json()).toEqual({ weekday: 6, opens: '10:00', closes: '16:00' });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

test('the page names the pnpm that the repository is installed with', () => {
  const boot = readFileSync(path.join(origin, 'boot.mjs'), 'utf8');
  const version = /const PNPM = '([^']+)'/.exec(boot)?.[1] ?? 'none';
  expect(page).toContain(`npx --yes pnpm@${version} install`);
});

/** What the changes are made to, with the packages that it has. */
function copyPlatform(): void {
  cpSync(path.join(origin, 'package.json'), path.join(root, 'package.json'));
  const isSource = (file: string) => !file.split(path.sep).includes('node_modules');
  for (const folder of ['infra', 'services/gateway'])
    cpSync(path.join(origin, folder), path.join(root, folder), {
      recursive: true,
      filter: isSource,
    });
  for (const folder of ['.', 'services/gateway'])
    symlinkSync(path.join(origin, folder, 'node_modules'), path.join(root, folder, 'node_modules'));
}

interface Block {
  file: string;
  language: string;
  text: string;
}

/** Code blocks below a line that begins with the name of a file in bold. */
function blocksOf(text: string): Block[] {
  let file = '';
  const parts = text.matchAll(/^\*\*([\w./-]+\/[\w./-]+)\*\*|^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...parts].flatMap(([, name, language = '', body = '']) => {
    file = name ?? file;
    return name === undefined ? [{ file, language, text: body }] : [];
  });
}

/** Replaces the lines that are kept or taken away, which must be there, by those that are kept or added. */
function applyChange(file: string, change: string): void {
  const side = (marks: string) =>
    change
      .split(/^/m)
      .filter((line) => marks.includes(line.charAt(0)))
      .map((line) => line.slice(1))
      .join('');
  const text = readFileSync(file, 'utf8');
  if (text.split(side(' -')).length !== 2)
    throw new Error(`${file} has no such lines, or has them twice:\n${side(' -')}`);
  writeFileSync(
    file,
    text.replace(side(' -'), () => side(' +')),
  );
}

/** What installing does: each dependency of package.json, and no other. */
function linkDependencies(): void {
  const manifest = JSON.parse(readFileSync(path.join(service, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(manifest.dependencies)) {
    const installed = name.startsWith('@waymark/')
      ? path.join(origin, 'packages', path.basename(name))
      : path.join(origin, 'node_modules/.pnpm/node_modules', name);
    const link = path.join(service, 'node_modules', name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(realpathSync(installed), link);
  }
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** What the tool has to complain of. */
function runTool(script: string, args: string[]): string {
  const tool = path.join(origin, 'node_modules', script);
  const { stdout, stderr } = spawnSync(process.execPath, [tool, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return stdout + stderr;
}
