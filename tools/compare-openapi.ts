/**
 * What of a changed OpenAPI document a client that was written to the released one cannot live with, one line a
 * finding. Requests may ask for less and answers may say more, never the other way round. Error codes may come, as
 * the document itself tells clients; what a partner is sent by webhook is read like an answer.
 */
import { isDeepStrictEqual } from 'node:util';
import { compareSchemas, type Schema, type Sides } from './compare-schemas.ts';

const CLIENTS = 'clients that are not yet updated';
const ofRequests: Sides = { oldText: CLIENTS };
const ofAnswers: Sides = { oldReader: CLIENTS };

export function compareOpenApi(before: Schema, after: Schema): string[] {
  const [was, is] = [resolved(before), resolved(after)];
  return [
    ...compareEach(operationsOf(was.paths), operationsOf(is.paths), compareOperation),
    ...compareEach(operationsOf(was.webhooks), operationsOf(is.webhooks), (old, now, at) =>
      compareContent(part(old.requestBody), part(now.requestBody), { at, sides: ofAnswers }),
    ),
    ...compareSchemas(problemOf(was), problemOf(is), { at: 'Problem', sides: ofAnswers }),
  ];
}

/** The document with every reference replaced by what it names. */
function resolved(document: Schema): Schema {
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    if ('$ref' in value && typeof value.$ref === 'string') return resolve(find(value.$ref));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one)]));
  };
  const find = (pointer: string) =>
    pointer
      .slice(2)
      .split('/')
      .reduce<unknown>((at, name) => part(at)[name], document);
  return resolve(document) as Schema;
}

function problemOf({ components }: Schema): Schema {
  return part(part(part(components).schemas).Problem);
}

/** By method and address. */
function operationsOf(paths: unknown): Record<string, Schema> {
  const entries = Object.entries(part(paths)).flatMap(([path, item]) =>
    Object.entries(part(item)).map(([method, one]) => [`${method.toUpperCase()} ${path}`, one]),
  );
  return Object.fromEntries(entries) as Record<string, Schema>;
}

/** What is there no more, and what the comparison says of the others; what is new hurts nobody. */
function compareEach(
  before: Record<string, Schema>,
  after: Record<string, Schema>,
  compare: (was: Schema, is: Schema, at: string) => string[],
): string[] {
  return Object.entries(before).flatMap(([name, was]) => {
    const is = after[name];
    return is === undefined ? [`${name}: is gone; ${CLIENTS} use it`] : compare(was, is, name);
  });
}

function compareOperation(was: Schema, is: Schema, at: string): string[] {
  return [
    ...compareAccess(was, is, at),
    ...compareParameters(parametersOf(was, at), parametersOf(is, at)),
    ...compareBody(was.requestBody, is.requestBody, `${at} body`),
    ...compareEach(goodAnswers(was, at), goodAnswers(is, at), (old, now, place) =>
      compareContent(old, now, { at: place, sides: ofAnswers }),
    ),
  ];
}

function compareAccess(was: Schema, is: Schema, at: string): string[] {
  const now = (is.security ?? []) as unknown[];
  const ways = (was.security ?? []) as unknown[];
  const lost = ways.filter((way) => !now.some((one) => isDeepStrictEqual(one, way)));
  const closed = ways.length === 0 && now.length > 0;
  if (lost.length === 0 && !closed) return [];
  return [`${at}: security was ${JSON.stringify(ways)}, is ${JSON.stringify(now)}`];
}

function parametersOf({ parameters }: Schema, at: string): Record<string, Schema> {
  const entries = ((parameters ?? []) as Schema[]).map((one) => [
    `${at} ${String(one.in)} ${String(one.name)}`,
    one,
  ]);
  return Object.fromEntries(entries) as Record<string, Schema>;
}

function compareParameters(before: Record<string, Schema>, after: Record<string, Schema>) {
  const added = Object.entries(after).filter(([name]) => !(name in before));
  return [
    ...compareEach(before, after, (was, is, at) => [
      ...(was.required !== true && is.required === true
        ? [`${at}: became required; ${CLIENTS} may lack it`]
        : []),
      ...compareSchemas(part(was.schema), part(is.schema), { at, sides: ofRequests }),
    ]),
    ...added
      .filter(([, { required }]) => required === true)
      .map(([name]) => `${name}: is new and required; ${CLIENTS} lack it`),
  ];
}

function compareBody(was: unknown, is: unknown, at: string): string[] {
  if (was === undefined) return is === undefined ? [] : [`${at}: is new; ${CLIENTS} send none`];
  return compareContent(part(was), part(is), { at, sides: ofRequests });
}

function goodAnswers({ responses }: Schema, at: string): Record<string, Schema> {
  const good = Object.entries(part(responses)).filter(([status]) => status.startsWith('2'));
  return Object.fromEntries(good.map(([status, one]) => [`${at} ${status}`, part(one)]));
}

function compareContent(was: Schema, is: Schema, { at, sides }: { at: string; sides: Sides }) {
  const named = (content: unknown) =>
    Object.fromEntries(
      Object.entries(part(content)).map(([type, one]) => [`${at} ${type}`, part(one)]),
    );
  return compareEach(named(was.content), named(is.content), (old, now, place) =>
    compareSchemas(part(old.schema), part(now.schema), { at: place, sides }),
  );
}

function part(value: unknown): Schema {
  return (value ?? {}) as Schema;
}
