/** What the WorkQueue port promises when a worker stops, dies, or takes too long; to be run on every adapter. */
import { expect, test } from '@jest/globals';
import { eventually } from '@waymark/testing/eventually.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { done, setup, valuesOf, type OpenQueue } from './queue-under-test.ts';

export function workQueueLeasesSuite(name: string, open: OpenQueue): void {
  test(`${name}: a worker that stops finishes what it has in hand and leaves the rest`, async () => {
    await using world = await setup(open);
    const gate = Promise.withResolvers<void>();
    const leaver = world.work(() => gate.promise, { concurrency: 1 });
    await world.send('in hand');
    await eventually(() => leaver.begun.length === 1);
    await world.send('waiting');
    let stopped = false;
    const stopping = leaver.stop().then(() => {
      stopped = true;
    });
    const heir = world.work(done);
    await eventually(() => heir.begun.length === 1);
    expect(stopped).toBe(false);
    gate.resolve();
    await stopping;
    expect(valuesOf(leaver.begun)).toEqual(['in hand']);
    expect(valuesOf(heir.begun)).toEqual(['waiting']);
  });

  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    `${name}: the message of a worker that got %s goes to another, as a second attempt`,
    async (signal) => {
      await using world = await setup(open);
      await world.send('a');
      const worker = startWorker({ url: world.url, queue: world.queue, leaseMs: 2000 });
      await worker.hasBegun;
      const survivor = world.work(done);
      await world.send('b');
      await eventually(() => survivor.begun.length === 1);
      worker.child.kill(signal);
      await eventually(() => survivor.begun.length === 2, 22_000);
      expect(survivor.begun).toMatchObject([
        { value: 'b', attempt: 1 },
        { value: 'a', attempt: 2 },
      ]);
      worker.child.kill('SIGKILL');
      await worker.isGone;
    },
    30_000,
  );

  test(`${name}: work that outlives its lease is told so, and its late end does not undo another's attempt`, async () => {
    await using world = await setup(open);
    const gates = [1, 2].map(() => Promise.withResolvers<void>());
    let abortedIn: number | undefined;
    const first = world.work(
      async ({ attempt }, signal) => {
        signal.addEventListener('abort', () => {
          abortedIn = attempt;
        });
        await gates[0]?.promise;
      },
      { leaseMs: 400 },
    );
    await world.send('a');
    await eventually(() => first.begun.length === 1);
    const stopping = first.stop();
    const second = world.work(async ({ attempt }) => {
      if (attempt > 2) return;
      await gates[1]?.promise;
      throw new Error('failed');
    });
    await eventually(() => second.begun.length === 1);
    expect(abortedIn).toBe(1);
    // It does not wait for a handler that is deaf.
    await stopping;
    gates[0]?.resolve();
    gates[1]?.resolve();
    await eventually(() => second.begun.length === 2);
    expect(second.begun.map(({ attempt }) => attempt)).toEqual([2, 3]);
  });

  test(`${name}: a message that no worker survives becomes a dead letter too`, async () => {
    await using world = await setup(open);
    await world.send('deadly');
    const { begun } = world.work(() => new Promise(() => undefined), {
      leaseMs: 200,
      attempts: 2,
    });
    await eventually(async () => (await world.letters()).length === 1);
    expect(begun).toHaveLength(2);
    const [letter] = await world.letters();
    expect(letter).toMatchObject({ value: 'deadly' });
    expect(letter?.reason).toMatch(/never finished|lease was over/);
  });
}

/** A worker in a process of its own, which never finishes. */
function startWorker(env: { url: string; queue: string; leaseMs: number }) {
  const file = new URL('./fixtures/worker.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [file], {
    env: {
      ...process.env,
      WORK_QUEUE_URL: env.url,
      QUEUE: env.queue,
      LEASE_MS: String(env.leaseMs),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return {
    child,
    hasBegun: once(createInterface({ input: child.stdout }), 'line'),
    isGone: once(child, 'close'),
  };
}
