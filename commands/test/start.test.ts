import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import type { PlatformState } from '../../infra/embedded/platform.ts';
import { createScratch, type Running, type Scratch } from './scratch.ts';

const STARTED = /Ctrl-C stops everything/;

let scratch: Scratch;
let platform: Running;

beforeAll(async () => {
  scratch = await createScratch();
  platform = scratch.start('start');
  await eventually(() => STARTED.test(platform.output()), 60_000);
}, 70_000);

afterAll(async () => {
  if (platform.child.exitCode === null) platform.child.kill('SIGINT');
  await platform.ended;
  await scratch.remove();
}, 30_000);

test('npm start shows the first order on its way to confirmed, and what to do next', () => {
  expect(platform.output()).toMatch(/order-placed -> placed/);
  expect(platform.output()).toMatch(/order-confirmed -> confirmed/);
  expect(platform.output()).toContain(`http://localhost:${String(scratch.port)}/v1/products`);
});

test('a second start says that one is running already', async () => {
  const { code, output } = await scratch.run('start');
  expect(code).toBe(1);
  expect(output.trim().split('\n')).toEqual([expect.stringMatching(/already running \(pid \d+\)/)]);
});

test.each([
  ['tok_approve', 'confirmed'],
  ['tok_decline', 'cancelled'],
  ['tok_fail_once', 'confirmed'],
  ['tok_charge_then_drop', 'confirmed'],
  ['tok_hold_expires', 'confirmed'],
  ['tok_slow', 'confirmed'],
])('npm run order with %s ends in %s', async (card, state) => {
  const { code, output } = await scratch.run('order', '--card', card);
  expect(output).toContain(`-> ${state}`);
  expect(code).toBe(0);
});

test('npm run order --repeat gets the same order twice', async () => {
  const { code, output } = await scratch.run('order', '--repeat');
  expect(output).toContain('the same order');
  expect(code).toBe(0);
});

test('npm run order --bad shows a problem document', async () => {
  const { output } = await scratch.run('order', '--bad');
  expect(output).toContain('"code": "invalid-request"');
});

test('npm run token prints a token and nothing else', async () => {
  const { code, output } = await scratch.run('token', '--scope', 'orders:read');
  expect(code).toBe(0);
  expect(output).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const claims = output.split('.')[1] ?? '';
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    iss: `http://localhost:${String(scratch.port)}/identity`,
    sub: 'ada',
    scope: 'orders:read',
  });
});

test('npm run token signs for the partner that has a key and no secret', async () => {
  const { code, output } = await scratch.run('token', '--as', 'outfitter');
  expect(output).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  expect(code).toBe(0);
});

test('npm run keys rotates the key that signs, and shows them all', async () => {
  const before = await scratch.run('keys', 'list');
  expect(before.output.match(/ (current|next)$/gm)).toHaveLength(2);
  const next = /^(\S+) +next$/m.exec(before.output)?.[1] ?? '';
  // The platform has just started, and the next key must have been published for a while.
  const after = await eventually(async () => {
    const rotated = await scratch.run('keys', 'rotate-signing');
    expect(rotated.code).toBe(0);
    return rotated;
  }, 20_000);
  expect(after.output).toContain(`${next}  current`);
  expect(after.output).toMatch(/ {2}retired until /);
}, 30_000);

test('who has not signed in is told how to', async () => {
  const { code, output } = await scratch.run('order', '--as', 'me');
  expect(output).toBe('waymark: nobody is signed in; do so with: npm run login\n');
  expect(code).toBe(1);
});

test('npm run audit holds on what was ordered here', async () => {
  await eventually(async () => {
    const { code, output } = await scratch.run('audit', '--grace', '0');
    if (code !== 0) throw new Error(output);
  });
});

test('npm run dead-letters has nothing to list', async () => {
  expect(await scratch.run('dead-letters', 'list')).toEqual({
    code: 0,
    output: 'no dead letters\n',
  });
});

test('a service that is killed comes back, and orders go on', async () => {
  const { ports } = await readState();
  const { port } = ports.services.inventory;
  const pid = await pidOn(port);
  process.kill(pid, 'SIGKILL');
  const { code, output } = await scratch.run('order');
  expect(output).toContain('-> confirmed');
  expect(code).toBe(0);
  expect(await pidOn(port)).not.toBe(pid);
});

test('Ctrl-C drains, and nothing is left running', async () => {
  const { ports } = await readState();
  platform.child.kill('SIGINT');
  expect(await platform.ended).toBe(0);
  expect(platform.output()).toContain('nothing is left running');
  const all = Object.values(ports.services).flatMap(({ port, operationsPort }) => [
    port,
    operationsPort,
  ]);
  for (const port of [...all, ports.postgres]) await expectClosed(port);
});

test('two starts at the same moment do not disturb each other', async () => {
  const first = scratch.start('start', '--no-order');
  await eventually(() => first.output().includes('starting PostgreSQL'), 30_000);
  const second = await scratch.run('start', '--fresh', '--no-order');
  expect(second.code).toBe(1);
  expect(second.output).toMatch(/another process \(pid \d+\) runs a platform in/);
  await eventually(() => STARTED.test(first.output()), 60_000);
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);
}, 90_000);

test('Ctrl-C during the start stops what was started', async () => {
  const starting = scratch.start('start', '--no-order');
  await eventually(() => starting.output().includes('starting PostgreSQL'), 30_000);
  starting.child.kill('SIGINT');
  expect(await starting.ended).toBe(130);
  expect(starting.output()).toContain('nothing is left running');
}, 90_000);

test('a port in use gives one line and exit code 1', async () => {
  const server = createServer().listen(scratch.port, '127.0.0.1');
  const { code, output } = await scratch.run('start');
  server.close();
  expect(code).toBe(1);
  expect(output.trim().split('\n')).toEqual([expect.stringMatching(/port \d+ is in use/)]);
});

test('a command without a platform says how to start one', async () => {
  const { code, output } = await scratch.run('order');
  expect(code).toBe(1);
  expect(output).toBe('waymark: no platform is running here; start one with: npm start\n');
});

async function readState(): Promise<PlatformState> {
  return JSON.parse(
    await readFile(path.join(scratch.directory, 'platform.json'), 'utf8'),
  ) as PlatformState;
}

/** Asks the service itself, since only it knows. */
async function pidOn(port: number): Promise<number> {
  const { ports } = await readState();
  const service = Object.values(ports.services).find((candidate) => candidate.port === port);
  return eventually(async () => {
    const url = `http://127.0.0.1:${String(service?.operationsPort)}/livez`;
    const answer = (await (await fetch(url)).json()) as { pid: number };
    return answer.pid;
  });
}

async function expectClosed(port: number): Promise<void> {
  await expect(fetch(`http://127.0.0.1:${String(port)}/`)).rejects.toThrow();
}
