import { describe, expect, test } from '@jest/globals';
import { allEvents } from '@waymark/contracts/all-events.ts';
import type { EventContract } from '@waymark/contracts/define-event.ts';
import { flows } from '@waymark/contracts/flows.ts';
import { topics } from '@waymark/contracts/topics.ts';
import { outgoing, toRecord } from '@waymark/messaging/event.ts';
import { on } from '@waymark/messaging/handler.ts';
import { runInContext } from '@waymark/telemetry/context.ts';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { asyncApiDocument, exampleOf } from '../asyncapi.ts';
import { asyncApiFile, checkAsyncApi } from '../check-contracts.ts';

const root = path.join(import.meta.dirname, '../..');

interface Document {
  channels: Record<string, { messages: Record<string, unknown> }>;
  operations: Record<string, { action: string; tags: { name: string }[]; messages: Ref[] }>;
  components: {
    schemas: { cloudEventHeaders: { required: string[]; properties: Record<string, unknown> } };
    messages: Record<string, Message>;
  };
}
interface Ref {
  $ref: string;
}
interface Message {
  examples: { headers: Record<string, string>; payload: unknown }[];
}

const document = asyncApiDocument() as unknown as Document;

describe('the table of flows', () => {
  test('says what the services send and receive, no more and no less', async () => {
    const services = globSync('services/*', { cwd: root }).map((folder) => path.basename(folder));
    const found = await Promise.all(services.map(flowOf));
    const active = found.filter(({ sends, receives }) => sends.length + receives.length > 0);
    const table = flows.map(({ service, sends, receives }) => ({
      service,
      sends: typesOf(sends),
      receives: typesOf(receives),
    }));
    expect(table.sort(byService)).toEqual(active.sort(byService));
  });

  test.each(allEvents.map(({ type }) => type))('has one sender for %s, and readers', (type) => {
    const has = (events: readonly EventContract[]) => events.some((event) => event.type === type);
    expect(flows.filter(({ sends }) => has(sends))).toHaveLength(1);
    expect(flows.filter(({ receives }) => has(receives))).not.toHaveLength(0);
  });
});

async function flowOf(service: string) {
  const src = path.join(root, 'services', service, 'src');
  const files = globSync('**/*.ts', { cwd: src }).map((file) => path.join(src, file));
  const sends = await Promise.all(files.map(sentBy));
  return { service, sends: typesOf(sends.flat()), receives: await receivedBy(src) };
}

async function receivedBy(src: string): Promise<string[]> {
  const inbox = path.join(src, 'inbox.ts');
  if (!existsSync(inbox)) return [];
  const { handlers } = (await import(pathToFileURL(inbox).href)) as {
    handlers: { contract: EventContract }[];
  };
  return typesOf(handlers.map(({ contract }) => contract));
}

/** A file that makes events with `outgoing` sends those whose contracts it imports. */
async function sentBy(file: string): Promise<EventContract[]> {
  const imported = importsOf(readFileSync(file, 'utf8'));
  if (!imported.some(({ name }) => name === 'outgoing')) return [];
  const contracts = await Promise.all(
    imported
      .filter(({ from }) => from.startsWith('@waymark/contracts/'))
      .map(async ({ name, from }) => {
        const source = path.join(root, 'packages/contracts/src', path.basename(from));
        return ((await import(pathToFileURL(source).href)) as Record<string, unknown>)[name];
      }),
  );
  return contracts.filter((value) => allEvents.includes(value as EventContract)) as EventContract[];
}

/** The values that a file imports; types leave no trace when it runs. */
function importsOf(text: string): { name: string; from: string }[] {
  const file = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest);
  return file.statements.filter(ts.isImportDeclaration).flatMap((statement) => {
    const { importClause: clause, moduleSpecifier } = statement;
    const named = clause?.namedBindings;
    if (clause?.phaseModifier !== undefined || named === undefined) return [];
    if (!ts.isNamedImports(named) || !ts.isStringLiteral(moduleSpecifier)) return [];
    const values = named.elements.filter(({ isTypeOnly }) => !isTypeOnly);
    return values.map((element) => ({
      name: (element.propertyName ?? element.name).text,
      from: moduleSpecifier.text,
    }));
  });
}

function typesOf(events: readonly EventContract[]): string[] {
  return [...new Set(events.map(({ type }) => type))].sort();
}

function byService(a: { service: string }, b: { service: string }): number {
  return a.service < b.service ? -1 : 1;
}

describe('the AsyncAPI document', () => {
  test('on the disk is the one that the contracts give', () => {
    expect(checkAsyncApi(asyncApiFile)).toEqual([]);
  });

  test('that is not current is found', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'waymark-asyncapi-'));
    const file = path.join(folder, 'waymark.json');
    writeFileSync(file, JSON.stringify({ ...document, channels: {} }));
    expect(checkAsyncApi(file)).toEqual([expect.stringContaining('npm run docs')]);
    rmSync(folder, { recursive: true });
  });

  test('has every topic as a channel, and every event on the channel of its topic', () => {
    expect(Object.keys(document.channels).sort()).toEqual(topics.map(({ name }) => name).sort());
    for (const { type, topic } of allEvents)
      expect(document.channels[topic]?.messages[type]).toEqual({
        $ref: `#/components/messages/${type}`,
      });
    const listed = Object.values(document.channels).flatMap(({ messages }) =>
      Object.keys(messages),
    );
    expect(listed.sort()).toEqual(typesOf(allEvents));
  });

  test('has every flow in an operation of its service', () => {
    const found = Object.values(document.operations).flatMap(({ action, tags, messages }) =>
      messages.map(({ $ref }) => `${String(tags[0]?.name)} ${action} ${path.basename($ref)}`),
    );
    const expected = flows.flatMap(({ service, sends, receives }) => [
      ...typesOf(sends).map((type) => `${service} send ${type}`),
      ...typesOf(receives).map((type) => `${service} receive ${type}`),
    ]);
    expect(found.sort()).toEqual(expected.sort());
  });

  test('has only references that lead somewhere, by names that the specification allows', () => {
    const references = referencesIn(document);
    expect(references).not.toHaveLength(0);
    for (const reference of references) {
      const [start, ...steps] = reference.split('/');
      expect(start).toBe('#');
      expect(steps.reduce<unknown>(stepInto, document)).toBeInstanceOf(Object);
    }
    const { schemas, messages } = document.components;
    for (const key of [...Object.keys(schemas), ...Object.keys(messages)])
      expect(key).toMatch(/^[\w.-]+$/);
  });

  test.each(allEvents.map((event) => [event.type, event] as const))(
    'has an example that a consumer of %s accepts, with the headers that a sender writes',
    async (type, contract) => {
      const [example] = document.components.messages[type]?.examples ?? [];
      const accepted: unknown[] = [];
      const handler = on(contract, async (_tx, data) => void accepted.push(data));
      const event = {} as Parameters<typeof handler.handle>[2];
      await handler.handle({}, example?.payload, event);
      expect(accepted).toEqual([example?.payload]);
      const written = toRecord(outgoing(contract, 'subject', {}), 'test').headers;
      expect(Object.keys(example?.headers ?? {}).sort()).toEqual(Object.keys(written).sort());
      expect(example?.headers.ce_type).toBe(type);
    },
  );

  test('describes every header that a sender writes, and requires those that are always there', () => {
    const [first] = allEvents;
    if (first === undefined) throw new Error('there are no events');
    const headersOf = () => Object.keys(toRecord(outgoing(first, 'id', {}), 'test').headers).sort();
    const context = { traceparent: 'trace', correlationId: 'one', causationId: 'two' };
    const { required, properties } = document.components.schemas.cloudEventHeaders;
    expect(required.toSorted()).toEqual(headersOf());
    expect(Object.keys(properties).sort()).toEqual(runInContext(context, headersOf));
  });

  test('cannot be made from a field that gives no example', () => {
    expect(() => exampleOf({ type: 'string' })).toThrow('no example');
  });
});

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('$ref' in value) return [String(value.$ref)];
  return Object.values(value).flatMap(referencesIn);
}

function stepInto(value: unknown, step: string): unknown {
  return (value as Record<string, unknown> | undefined)?.[step];
}
