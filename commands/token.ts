/**
 * `npm run --silent token -- --scope "orders:write orders:read"` prints an access token and nothing else, for
 * curl and for test tools. Scopes of orders belong to a customer, those of support to Sam, those of catalog and inventory to the
 * staff, those of webhooks to the partner.
 */
import { parseArgs } from 'node:util';
import { runOn } from './lib/on-compose.ts';
import { getRunning, runCommand } from './lib/running.ts';
import { createShop } from './lib/shop.ts';

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      scope: { type: 'string' },
      as: { type: 'string' },
      on: { type: 'string', default: 'embedded' },
    },
  });
  return runOn(values.on, async () => {
    const shop = createShop(await getRunning());
    const as = values.as ?? ownerOf(values.scope ?? '');
    process.stdout.write(`${await shop.token(as, values.scope)}\n`);
    return 0;
  });
});

function ownerOf(scope: string): string {
  if (/^(catalog|inventory):/.test(scope)) return 'staff';
  if (scope.startsWith('support:')) return 'sam';
  return scope.startsWith('webhooks:') ? 'partner' : 'ada';
}
