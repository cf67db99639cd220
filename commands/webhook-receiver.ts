/**
 * `npm run webhook-receiver` plays a partner: it registers a webhook of its own at the running platform, prints
 * each delivery that it can believe, and deletes the webhook at Ctrl-C.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { UserError } from '../infra/embedded/user-error.ts';
import { getRunning, runCommand } from './lib/running.ts';
import { createShop } from './lib/shop.ts';
import { startReceiver } from './lib/webhook-receiver.ts';

const eventTypes = ['order-placed', 'order-confirmed', 'order-cancelled'];

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runCommand(async () => {
  parseArgs({ options: {} });
  const shop = createShop(await getRunning());
  let secret: string | undefined;
  const receiver = await startReceiver({ secret: () => secret, print });
  try {
    const { url } = receiver;
    const registered = await shop.call<{ id: string; secret: string; detail?: string }>('partner', {
      method: 'POST',
      path: '/v1/webhooks',
      json: { url, eventTypes },
    });
    if (registered.status !== 201) {
      throw new UserError(`the webhook was not registered: ${registered.body.detail ?? ''}`);
    }
    const { id } = registered.body;
    ({ secret } = registered.body);
    print(`webhook ${id} leads to ${url}; now, in another terminal: npm run order`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    await shop.call('partner', { method: 'DELETE', path: `/v1/webhooks/${id}` });
    print(`webhook ${id} deleted`);
    return 0;
  } finally {
    await receiver.stop();
  }
});
