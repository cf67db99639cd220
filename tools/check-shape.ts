/**
 * Holds every folder in services/ to one shape, so that whoever knows one service knows them all. What may lie
 * in a service, and under which condition, is the table of files below; what may stand in a file is asked of
 * its syntax tree, because a comment may well speak of process.env.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { readSource, type SourceFacts } from './read-source.ts';

const MAX_LINES = 220;
const MAX_README_LINES = 60;

const REQUIRED = [
  ['README.md', 'say on one screen what the service owns, its API and events, and how it fails'],
  ['package.json', 'name it @waymark/service-<folder>'],
  ['src/main.ts', 'start the process there: config, adapters, runService'],
  ['src/config.ts', 'read the settings there with readConfig'],
  ['src/app.ts', 'wire the service there, in buildApp'],
] as const;

/** Names that a service may have beside the required ones; all else belongs to src/, infra/ or a package. */
const TOP_LEVEL = ['README.md', 'package.json', 'migrations', 'seed', 'src', 'test'];
/** Made by tools, not by people. */
const IGNORED = ['node_modules', 'coverage'];

/** One service as it lies on the disk. */
interface Service {
  name: string;
  folder: string;
  /** Paths below the folder, with slashes. */
  files: string[];
}

/** Returns a line for each violation, `path: rule`, for all services below `rootDir`; none where all is well. */
export function check(rootDir: string): string[] {
  const services = path.join(rootDir, 'services');
  return folders(services).flatMap((name) => {
    const folder = path.join(services, name);
    const service = { name, folder, files: filesBelow(folder) };
    const complaints = [
      ...checkFiles(service),
      ...checkManifest(service),
      ...checkMigrations(service),
      ...service.files.flatMap((file) => checkLengths(service, file)),
      ...service.files.filter(isSource).flatMap((file) => checkSource(service, file)),
    ];
    return complaints.map((complaint) => `services/${name}/${complaint}`);
  });
}

function folders(parent: string): string[] {
  const entries = readdirSync(parent, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function filesBelow(folder: string, below = ''): string[] {
  return readdirSync(path.join(folder, below), { withFileTypes: true })
    .filter(({ name }) => !IGNORED.includes(name))
    .flatMap((entry) => {
      const file = path.posix.join(below, entry.name);
      return entry.isDirectory() ? filesBelow(folder, file) : [file];
    })
    .sort();
}

function checkFiles({ files }: Service): string[] {
  const has = (file: string) => files.includes(file);
  const missing = REQUIRED.filter(([file]) => !has(file));
  const complaints = missing.map(([file, advice]) => `${file}: is missing; ${advice}`);
  if (!files.some((file) => /^test\/.*\.test\.ts$/.test(file)))
    complaints.push('test/: has no *.test.ts; start with test/api.test.ts');
  if (has('src/index.ts'))
    complaints.push('src/index.ts: is a barrel; import from the file itself and delete it');
  const names = new Set(files.map((file) => file.split('/', 1)[0] ?? file));
  for (const name of names) {
    if (name === 'dist') complaints.push('dist: nothing is built here; delete it');
    else if (!TOP_LEVEL.includes(name))
      complaints.push(
        `${name}: is no part of a service's shape; known are ${TOP_LEVEL.join(', ')}`,
      );
  }
  return complaints;
}

function checkManifest({ name, folder, files }: Service): string[] {
  if (!files.includes('package.json')) return [];
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const expected = { name: `@waymark/service-${name}`, private: true, type: 'module' };
  return Object.entries(expected)
    .filter(([key, value]) => manifest[key] !== value)
    .map(([key, value]) => `package.json: "${key}" must be ${JSON.stringify(value)}`);
}

function checkMigrations({ files }: Service): string[] {
  const migrations = files.filter((file) => file.startsWith('migrations/'));
  const hasStore = files.includes('src/store.ts');
  const complaints: string[] = [];
  if (migrations.length > 0 && !hasStore)
    complaints.push('migrations/: there are tables and no src/store.ts; write it or drop them');
  if (migrations.length === 0 && hasStore)
    complaints.push(
      'src/store.ts: there is a store and no migrations/; add the tables or delete it',
    );
  for (const [index, file] of migrations.entries()) {
    const number = String(index + 1).padStart(4, '0');
    if (!new RegExp(`^migrations/${number}-[a-z0-9-]+\\.sql$`).test(file))
      complaints.push(
        `${file}: must be called migrations/${number}-<what-it-does>.sql, without gaps`,
      );
  }
  return complaints;
}

function checkLengths({ folder }: Service, file: string): string[] {
  if (statSync(path.join(folder, file)).size === 0)
    return [`${file}: is empty; a file that is not needed is absent`];
  const max = file === 'README.md' ? MAX_README_LINES : isSource(file) ? MAX_LINES : Infinity;
  const text = readFileSync(path.join(folder, file), 'utf8');
  const lines = text.replace(/\n$/, '').split('\n').length;
  return lines > max ? [`${file}: has ${String(lines)} lines; ${String(max)} are allowed`] : [];
}

function isSource(file: string): boolean {
  return file.endsWith('.ts');
}

/** What each rule forbids in a file, where it is allowed all the same, and what to do instead. */
const CONTENT_RULES: {
  found: (facts: SourceFacts) => number[];
  allowed: (file: string) => boolean;
  complaint: string;
}[] = [
  {
    found: (facts) => facts.processEnv,
    allowed: (file) => file === 'src/config.ts' || file.startsWith('test/'),
    complaint: 'reads process.env; take it from src/config.ts',
  },
  {
    found: (facts) => facts.sql,
    allowed: (file) => /^src\/([a-z]+-)?store\.ts$/.test(file) || file.startsWith('test/'),
    complaint: 'has SQL; give src/store.ts a method for it',
  },
  {
    found: (facts) => facts.defaultExports,
    allowed: () => false,
    complaint: 'has a default export; export it by name',
  },
];

function checkSource({ folder }: Service, file: string): string[] {
  const facts = readSource(readFileSync(path.join(folder, file), 'utf8'));
  const complaints = CONTENT_RULES.filter(({ allowed }) => !allowed(file)).flatMap((rule) =>
    rule.found(facts).map((line) => `${file}:${String(line)}: ${rule.complaint}`),
  );
  if (file === 'src/app.ts' && !facts.exportedNames.includes('buildApp'))
    complaints.push('src/app.ts: does not export a function buildApp; tests and main.ts call it');
  return complaints;
}

if (import.meta.main) {
  const complaints = check(path.resolve(import.meta.dirname, '..'));
  for (const complaint of complaints) console.log(complaint);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}
