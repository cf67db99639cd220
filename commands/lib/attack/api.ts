/**
 * The routes, as docs/openapi says them: whatever is added there is attacked from then on. A parameter or a body that
 * an operation needs is taken from its examples, so that an attack comes as far as the check that it is meant for.
 */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Request } from './ask.ts';

interface Media {
  schema?: Schema;
  example?: unknown;
}

export interface Schema {
  $ref?: string;
  properties?: Record<string, unknown>;
}

interface Parameter {
  $ref?: string;
  in: string;
  name: string;
  required?: boolean;
  example?: unknown;
}

interface OperationObject {
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
}

interface Document {
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, Schema>; parameters?: Record<string, Parameter> };
}

export interface Operation {
  method: string;
  /** With its parameters in braces. */
  path: string;
  /** What it is about: `orders` of `/v1/orders/{id}`. */
  collection: string;
  /** None where anyone may ask. */
  scope: string | undefined;
  headers: Record<string, string>;
  body: Record<string, unknown> | undefined;
  /** What answers have and the body must not: fields that are not the caller's to set. */
  notTheirs: string[];
}

const folder = fileURLToPath(new URL('../../../docs/openapi/', import.meta.url));

/** Operations of the API itself; the token endpoint has families of its own. */
export function readOperations(): Operation[] {
  return globSync('*.json', { cwd: folder })
    .toSorted()
    .flatMap((name) =>
      operationsOf(JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Document),
    )
    .filter(({ path: address }) => !address.startsWith('/identity/'));
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

function operationsOf({ paths, components }: Document): Operation[] {
  const resolve = (schema: Schema | undefined) =>
    schema?.$ref === undefined ? schema : components.schemas[schema.$ref.split('/').at(-1) ?? ''];

  return Object.entries(paths).flatMap(([address, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, { security = [], parameters = [], requestBody, responses }]): Operation => {
        const [type, sent] = Object.entries(requestBody?.content ?? {})[0] ?? [];
        const named = (schema: Schema | undefined) =>
          Object.keys(resolve(schema)?.properties ?? {});
        const answered = Object.values(responses)
          .flatMap(({ content }) => content?.['application/json'] ?? [])
          .flatMap(({ schema }) => named(schema));
        const taken = named(sent?.schema);
        const required = parameters
          .map((one) => (one.$ref === undefined ? one : parameterOf(components, one.$ref)))
          .filter((one) => one.in === 'header' && one.required === true);
        return {
          method: method.toUpperCase(),
          path: address,
          collection: address.split('/')[2] ?? '',
          scope: security.flatMap((way) => Object.values(way).flat())[0],
          headers: {
            ...Object.fromEntries(required.map(({ name, example }) => [name, String(example)])),
            ...(type === undefined ? {} : { 'content-type': type }),
          },
          body: sent?.example as Record<string, unknown> | undefined,
          notTheirs: [...new Set(answered)].filter((name) => !taken.includes(name)),
        };
      }),
  );
}

function parameterOf({ parameters = {} }: Document['components'], reference: string): Parameter {
  const found = parameters[reference.split('/').at(-1) ?? ''];
  if (found === undefined) throw new Error(`${reference} is not there`);
  return found;
}

/** The request, with `ids` for what stands in braces, in order. */
export function requestOf(
  { method, path: address, headers, body }: Operation,
  ids: string[],
): Request {
  const rest = [...ids];
  return {
    method,
    path: address.replace(/\{\w+\}/g, () => rest.shift() ?? ids.at(-1) ?? ''),
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}
