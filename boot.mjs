/**
 * `node boot.mjs FILE [ARGS]` runs FILE with the Node and the packages that this repository needs.
 * It has no dependencies and uses only what Node 20 knows, because it is the first thing that runs on a
 * fresh machine: where Node is too old it takes Node 24 from npm, then installs the locked packages once.
 * It speaks on stderr, so that the output of a command behind it stays clean for pipes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const NODE = '24.21.0';
const PNPM = '12.21.0';
const root = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const state = path.join(root, '.waymark');

function fail(line) {
  process.stderr.write(`waymark: ${line}\n`);
  process.exit(1);
}

function say(line) {
  process.stderr.write(`waymark: ${line}\n`);
}

function run(command, args, env) {
  const windows = process.platform === 'win32';
  const result = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: windows,
  });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}\n`);
  fail(`"${command} ${args.join(' ')}" failed`);
}

function prepareState() {
  try {
    mkdirSync(state, { recursive: true });
  } catch (error) {
    fail(`cannot write ${state}: ${error.message}`);
  }
}

/** The path of a Node 24 or newer: this one, or one fetched through npm where a package of it exists. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  if (!['linux-x64', 'linux-arm64', 'win-x64'].includes(platform)) {
    fail(
      `Node 24 or newer is needed on ${platform}, this is ${process.version}: please install it`,
    );
  }
  const folder = path.join(state, 'runtime');
  const binary = path.join(
    folder,
    'node_modules',
    `node-${platform}`,
    'bin',
    platform.startsWith('win') ? 'node.exe' : 'node',
  );
  if (!existsSync(binary)) {
    say(`fetching Node ${NODE} through npm (this is ${process.version})`);
    mkdirSync(folder, { recursive: true });
    run(
      'npm',
      ['install', '--prefix', folder, '--no-save', '--ignore-scripts', `node-${platform}@${NODE}`],
      process.env,
    );
  }
  return binary;
}

function installPackages(env) {
  const lock = readFileSync(path.join(root, 'pnpm-lock.yaml'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const marker = path.join(state, 'installed');
  const installed = existsSync(marker) ? readFileSync(marker, 'utf8') : '';
  if (installed === wanted && existsSync(path.join(root, 'node_modules'))) return;
  say('installing packages (once)');
  run('npx', ['--yes', `pnpm@${PNPM}`, 'install', '--frozen-lockfile'], env);
  writeFileSync(marker, wanted);
}

prepareState();
const node = findNode();
const bin = path.join(root, 'node_modules', '.bin');
const env = {
  ...process.env,
  PATH: [path.dirname(node), bin, process.env.PATH].join(path.delimiter),
  NODE_COMPILE_CACHE: path.join(state, 'compile-cache'),
};
installPackages(env);

const child = spawn(node, process.argv.slice(2), { cwd: root, env, stdio: 'inherit' });
// The terminal sends Ctrl-C to the whole group; a kill of this process alone is passed on.
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
process.on('SIGINT', () => undefined);
child.on('error', (error) => fail(`cannot run ${node}: ${error.message}`));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
