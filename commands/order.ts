/**
 * `npm run order` places an order of a few products, follows it live and prints each step with its time. It
 * exits with 0 when the order ends in the state that its card token leads to.
 */
import { cardTokens } from '@waymark/contracts/card-tokens.ts';
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { chooseLines, followOrder } from './lib/follow-order.ts';
import { runOn } from './lib/on-compose.ts';
import { getRunning, runCommand } from './lib/running.ts';
import { createShop, demoAddress } from './lib/shop.ts';

const usage = `npm run order -- [options]
  --card TOKEN   pay with another card:
${Object.entries(cardTokens)
  .map(([token, meaning]) => `                   ${token.padEnd(22)} ${meaning}`)
  .join('\n')}
  --as NAME      ada (default), bob, or me: who signed in by npm run login
  --repeat       send the same order twice under one idempotency key
  --bad          send a bad request and show the error
  --on compose   at the platform of docker compose up, in place of npm start's
`;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      card: { type: 'string', default: 'tok_approve' },
      as: { type: 'string', default: 'ada' },
      repeat: { type: 'boolean', default: false },
      bad: { type: 'boolean', default: false },
      on: { type: 'string', default: 'embedded' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(usage);
    return 0;
  }
  return runOn(values.on, () => order(values));
});

interface Wishes {
  card: string;
  as: string;
  repeat: boolean;
  bad: boolean;
}

async function order({ card, as, repeat, bad }: Wishes): Promise<number> {
  const shop = createShop(await getRunning());
  const lines = bad ? [{ productId: 'no-such-product', quantity: 0 }] : await chooseLines(shop);
  const body = { lines, payment: { cardToken: card }, shipTo: demoAddress };
  const key = randomUUID();
  const sentAt = performance.now();
  const answer = await shop.place(as, body, key);
  print(`POST /v1/orders -> ${String(answer.status)}`);
  print(JSON.stringify(answer.body, null, 2));
  if (answer.status !== 201) return bad ? 0 : 1;
  if (repeat) {
    const again = await shop.place(as, body, key);
    const same = again.status === 201 && again.body.id === answer.body.id;
    print(
      `the same again -> ${String(again.status)}, ${same ? 'the same order' : 'ANOTHER ORDER'}`,
    );
    if (!same) return 1;
  }
  const end = await followOrder(shop, { as, id: answer.body.id, sentAt }, print);
  return end === (card === 'tok_decline' ? 'cancelled' : 'confirmed') ? 0 : 1;
}
