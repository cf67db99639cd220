/**
 * Plants a bug into a service as it is loaded, to show that a chaos run sees it: a line of the source is
 * replaced, in memory, by what a reasonable person might have written. Preloaded into the services by
 * `npm run chaos -- --plant NAME`; a line that is not found any more is an error, not a silent pass.
 */
import { registerHooks } from 'node:module';

interface Plant {
  file: string;
  find: string;
  replace: string;
}

const plants: Record<string, Plant[]> = {
  // The offset of a batch is committed as soon as it was fetched, and the handling takes its time: a death
  // during it skips the rest.
  'ack-before-effect': [
    {
      file: 'packages/messaging/src/postgres-subscription.ts',
      find: 'await handOver(member.options, batch, {',
      replace: `claim.handled = (batch.at(-1)?.offset ?? -1) + 1;
        member.session.wake();
        await sleep(100);
        await handOver(member.options, batch, {`,
    },
  ],
  // The events of the orders service are published from memory, a moment after the commit.
  'publish-outside-outbox': [
    {
      file: 'packages/messaging/src/outbox.ts',
      find: 'return events.map((event) => toRecord(event, source));',
      replace: `if (source !== 'orders') return events.map((event) => toRecord(event, source));
        (globalThis.planted ??= []).push(...events);
        return [];`,
    },
    {
      file: 'services/orders/src/app.ts',
      find: 'const relay = createRelay({ databaseUrl, eventLog, log });',
      replace: `const relay = createRelay({ databaseUrl, eventLog, log });
        import('@waymark/messaging/event.ts').then(({ toRecord }) => setInterval(() => {
          const events = (globalThis.planted ??= []).splice(0);
          eventLog.publish(events.map((event) => toRecord(event, 'orders'))).catch(() => undefined);
        }, 250));`,
    },
  ],
};

export const plantNames = Object.keys(plants);

const chosen = plants[process.env.WAYMARK_PLANT ?? ''] ?? [];
if (chosen.length > 0) {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const edits = chosen.filter(({ file }) => url.endsWith(`/${file}`));
      if (edits.length === 0) return loaded;
      let source = Buffer.from(loaded.source as Uint8Array).toString();
      for (const { file, find, replace } of edits) {
        if (!source.includes(find))
          throw new Error(`nothing to plant in ${file}: "${find}" is gone`);
        source = source.replace(find, replace);
      }
      return { ...loaded, source };
    },
  });
}
