/**
 * `npm start`: the whole platform on this machine, then one order as the demo customer, so that the first
 * thing you see is the main job being done. It stays up until Ctrl-C, which drains it.
 */
import { isPortFree } from '@waymark/lifecycle/free-port.ts';
import { randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startPlatform, type Platform } from '../infra/embedded/platform.ts';
import { chooseLines, followOrder } from './lib/follow-order.ts';
import { findRunning, platformDirectory, runCommand } from './lib/running.ts';
import { UserError } from '../infra/embedded/user-error.ts';
import { createShop, demoAddress } from './lib/shop.ts';

const startedAt = performance.now();

function say(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
  process.stdout.write(`${seconds} s  ${line}\n`);
}

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      fresh: { type: 'boolean', default: false },
      'no-order': { type: 'boolean', default: false },
    },
  });
  const gatewayPort = Number(process.env.PORT ?? 8080);
  await checkMachine(gatewayPort);
  const interrupted = new Promise<'interrupted'>((resolve) => {
    // Not `once`: npm and the terminal each send theirs, and the second must not cut the drain short.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        resolve('interrupted');
      });
    }
  });
  const { fresh } = values;
  const starting = startPlatform({ directory: platformDirectory, gatewayPort, fresh, say });
  const early = (await Promise.race([starting, interrupted])) === 'interrupted';
  if (early) say('interrupted: what is being started will be stopped');
  const platform = await starting;
  try {
    if (!early) {
      if (!values['no-order']) await Promise.race([firstOrder(platform), interrupted]);
      printAddresses(platform);
      await interrupted;
      say('draining: requests under way finish, the database stops last');
    }
  } finally {
    await platform.stop();
  }
  say('stopped, nothing is left running');
  return early ? 130 : 0;
});

async function checkMachine(gatewayPort: number): Promise<void> {
  if (!Number.isInteger(gatewayPort) || gatewayPort < 1 || gatewayPort > 65_000) {
    throw new UserError('PORT must be a number from 1 to 65000');
  }
  const running = await findRunning();
  if (running !== undefined) {
    throw new UserError(
      `a platform is already running (pid ${String(running.pid)}) at ${running.gatewayUrl}`,
    );
  }
  if (!(await isPortFree(gatewayPort))) {
    const port = String(gatewayPort);
    throw new UserError(
      `port ${port} is in use; choose another with: PORT=${String(gatewayPort + 1000)} npm start`,
    );
  }
  try {
    mkdirSync(platformDirectory, { recursive: true });
    accessSync(platformDirectory, constants.W_OK);
  } catch {
    throw new UserError(`cannot write ${platformDirectory}`);
  }
}

async function firstOrder({ state, secrets }: Platform): Promise<void> {
  const shop = createShop({ gatewayUrl: state.gatewayUrl, clients: secrets.clients });
  const lines = await chooseLines(shop);
  const order = { lines, payment: { cardToken: 'tok_approve' }, shipTo: demoAddress };
  const sentAt = performance.now();
  const answer = await shop.place('ada', order, randomUUID());
  if (answer.status !== 201)
    throw new Error(`the first order was refused: ${JSON.stringify(answer.body)}`);
  const { id, totalCents, currency } = answer.body;
  say(
    `ada orders ${String(lines.length)} products for ${(totalCents / 100).toFixed(2)} ${currency}: ${id}`,
  );
  await followOrder(shop, { as: 'ada', id, sentAt }, (line) => {
    say(line);
  });
}

function printAddresses({ state }: Platform): void {
  const { gatewayUrl, ports } = state;
  const rows = [
    ['the API, to read', `${gatewayUrl}/docs`],
    ['the API, as a graph', `${gatewayUrl}/graphql`],
    ['shop', `${gatewayUrl}/v1/products`],
    ['identity', `${gatewayUrl}/identity/.well-known/openid-configuration`],
    ...Object.entries(ports.services).map(([name, { operationsPort }]) => [
      `${name} health`,
      `http://localhost:${String(operationsPort)}/readyz`,
    ]),
    ['logs', '.waymark/platform/logs/'],
  ];
  const table = rows
    .map(([name = '', address = '']) => `  ${name.padEnd(22)} ${address}`)
    .join('\n');
  process.stdout.write(`
${table}

Another order, from a second terminal:   npm run order
A card that is declined:                 npm run order -- --card tok_decline
Then check every invariant:              npm run audit
Ctrl-C stops everything.

`);
}
