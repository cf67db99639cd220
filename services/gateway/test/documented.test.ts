/** The gateway and the OpenAPI document say the same: which addresses there are, and how they refuse. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readDocumented } from '@waymark/testing/documented.ts';
import { readDocsFiles } from '../src/docs.ts';
import { names, setup, type Ask, type World } from './setup.ts';

const documented = readDocumented((await readDocsFiles()).openApi);
const scopes =
  'orders:read orders:write catalog:write inventory:read inventory:write webhooks:read webhooks:write support:refund';
const examples = { id: 'ridge-tent', productId: 'ridge-tent', deliveryId: '7' };

let world: World;
beforeEach(async () => {
  world = await setup({ deadlineMs: 600 });
});
afterEach(() => world.stop());

function toRequest(operation: string): { method: string; path: string } {
  const [method = '', template = ''] = operation.split(' ');
  const path = template.replace(
    /\{(\w+)\}/g,
    (_, name: string) => examples[name as keyof typeof examples],
  );
  return { method, path };
}

async function ask(operation: string, { headers, ...rest }: Ask = {}) {
  const { method, path } = toRequest(operation);
  const authorization = await world.issuer.bearer('ada', scopes);
  const all = { authorization, ...headers };
  const answer = await world.ask(path, { method, headers: all, ...rest });
  const { status = 0, text: body } = answer;
  return { status, contentType: answer.headers['content-type'], body };
}

/** What the router has, as `GET /v1/orders/{id}`; it prints a tree with four columns a level. */
function routesOf(tree: string): string[] {
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods] = /^([│├└─ ]*)(\S+)(?: \((.*)\))?$/.exec(line) ?? [];
    const depth = indent.length / 4;
    above.splice(depth - 1, Infinity, part);
    const path = above.join('').replace(/:(\w+)/g, '{$1}');
    return (methods?.split(', ') ?? []).map((method) => `${method} ${path}`);
  });
}

test('every public route is documented, but HEAD, sign-in, the graph and the documentation itself', () => {
  const routes = routesOf(world.app.server.printRoutes({ commonPrefix: false }));
  const api = routes.filter(
    (route) => !/^HEAD |^\w+ (\*|\/identity\/\*|\/graphql|\/docs.*)$/.test(route),
  );
  const expected = documented.operations.filter((operation) => !operation.includes('/identity/'));
  expect(api.toSorted()).toEqual(expected.toSorted());
});

test.each(documented.operations)('%s is there, and reaches a service', async (operation) => {
  expect((await ask(operation)).status).toBe(200);
  expect(world.received).toMatchObject([{ url: toRequest(operation).path }]);
});

test.each(documented.operations)(
  '%s is refused as the document says: by whom it is asked, by its size, by what is down or slow',
  async (operation) => {
    const isPublic = /GET \/v\d\/products|\/identity\//.test(operation);
    const nobody = { headers: { authorization: '' } };
    const other = { headers: { authorization: await world.issuer.bearer('ada', 'none') } };
    const answers = isPublic ? [] : [await ask(operation, nobody), await ask(operation, other)];
    if (!operation.startsWith('GET')) {
      answers.push(await ask(operation, { body: 'x'.repeat(70_000) }));
    }
    for (const name of names) world.behaviours[name] = () => undefined;
    answers.push(await ask(operation));
    for (const name of names) await world.kill(name);
    answers.push(await ask(operation));
    const expected = [
      ...(isPublic ? [] : [401, 403]),
      ...(operation.startsWith('GET') ? [] : [413]),
      504,
      503,
    ];
    expect(answers.map(({ status }) => status)).toEqual(expected);
    const faults = answers.map((answer) => documented.findFault(operation, answer));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  },
);
