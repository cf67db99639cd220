import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { createScratch, type Scratch } from './scratch.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await createScratch();
});
afterAll(() => scratch.remove());

async function chaos(...args: string[]) {
  const { code, output } = await scratch.run('chaos', '--seed', '7', ...args);
  const kept = /kept in (\S+)/.exec(output)?.[1];
  if (kept !== undefined) await rm(kept, { recursive: true, force: true });
  const count = (name: string) => Number(new RegExp(`^${name} +(\\d+)$`, 'm').exec(output)?.[1]);
  return { code, output, count };
}

test('whatever is killed, nothing is lost, duplicated, charged twice, oversold or stuck', async () => {
  const { code, output, count } = await chaos('--orders', '150', '--kills', '9');
  expect(output).toContain('seed 7');
  for (const bad of ['lost', 'duplicated', 'double charged', 'oversold', 'stuck']) {
    expect([bad, count(bad)]).toEqual([bad, 0]);
  }
  expect(count('accepted')).toBe(150);
  expect(code).toBe(0);
}, 180_000);

test.each([
  ['publish-outside-outbox', 'orders'],
  ['ack-before-effect', 'inventory,payments'],
])(
  'with %s planted, a run reports the loss, names its seed and fails',
  async (plant, victims) => {
    const { code, output, count } = await chaos(
      ...['--orders', '150', '--kills', '10', '--victims', victims, '--plant', plant],
    );
    expect(count('lost')).toBeGreaterThan(0);
    expect(output).toContain('FAILED with seed 7');
    expect(code).toBe(1);
  },
  180_000,
);
