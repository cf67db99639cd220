/** GraphQL over HTTP as its working group audits it: https://github.com/graphql/graphql-http */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { setup, type World } from './setup.ts';

let world: World;
beforeAll(async () => {
  world = await setup({ graphqlExplorer: true });
});
afterAll(() => world.stop());

const audits = serverAudits({
  url: () => `http://127.0.0.1:${String(world.port)}/graphql`,
});

test('the audit has its 61 rules', () => {
  expect(audits).toHaveLength(61);
});

test.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_, audit) => {
  expect(await audit.fn()).toMatchObject({ status: 'ok' });
});
