/** The written folder of the Postman collection passes under newman, Postman's own runner, on a real platform. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { START_MS, startTestPlatform, STOP_MS, type TestPlatform } from './test-platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform();
}, START_MS);
afterAll(() => platform.stop(), STOP_MS);

const root = new URL('../../', import.meta.url).pathname;

function newman(variables: Record<string, string>) {
  const args = [
    'node_modules/newman/bin/newman.js',
    'run',
    'docs/postman/waymark.postman_collection.json',
    ...['--folder', 'An order, from end to end', '--color', 'off'],
    ...Object.entries(variables).flatMap(([key, value]) => ['--env-var', `${key}=${value}`]),
  ];
  return new Promise<{ code: number; output: string }>((resolve) => {
    const child = execFile(process.execPath, args, { cwd: root }, (_error, output) => {
      resolve({ code: child.exitCode ?? 1, output });
    });
  });
}

function secretOf(name: string): string {
  const client = platform.secrets.clients.find(({ clientId }) => clientId === name);
  return client !== undefined && 'clientSecret' in client ? client.clientSecret : '';
}

test('token, order, follow, replay and cancel pass under newman', async () => {
  const variables = { origin: platform.gatewayUrl, clientId: 'ada', clientSecret: secretOf('ada') };
  const { code, output } = await newman(variables);
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output).toContain('Cancel in time');
}, 60_000);

test('with a client that may not order, it fails', async () => {
  const variables = { origin: platform.gatewayUrl, clientId: 'ada', clientSecret: 'wrong' };
  expect((await newman(variables)).code).toBe(1);
}, 60_000);
