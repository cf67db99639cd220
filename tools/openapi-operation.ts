/**
 * One public route as an operation of OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1). TypeBox schemas are JSON
 * Schema, which is what 3.1 takes, so they are copied and not translated. A schema with a title becomes a component
 * of that name. What a route can be refused with follows from what it is, and from its own table of errors.
 */
import { httpErrors } from '@waymark/http/errors.ts';
import type { RequestHeader } from '@waymark/http/operation.ts';
import type { ErrorKind } from '@waymark/http/problem.ts';
import { STATUS_CODES } from 'node:http';
import { errors as gatewayErrors } from '../services/gateway/src/errors.ts';
import type { Schema } from './compare-schemas.ts';
import type { PublicRoute } from './public-routes.ts';

const JSON_TYPE = 'application/json';
const ref = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });

/** Collects components on the way. */
export interface Components {
  schemas: Record<string, unknown>;
  /** Refusals, each named by its codes. */
  responses: Record<string, unknown>;
  errors: Map<string, ErrorKind>;
}

export function operationOf(route: PublicRoute, tag: string, components: Components) {
  const { operation, scopes, isSignIn, limit } = route;
  const { operationId, summary, description } = operation;
  const limited = `Limit \`${limit.name}\`: ${String(limit.perMinute)} requests a minute per ${limit.per}, ${String(limit.burst)} at once.`;
  const signIn = [{ clientSecret: [] }, {}];
  const withToken = scopes.flatMap((scope) => [{ oauth2: [scope] }, { accessToken: [scope] }]);
  return {
    operationId,
    tags: [tag],
    ...(operation.deprecation === undefined ? {} : { deprecated: true }),
    summary,
    description: `${description}\n\n${limited}`,
    security: isSignIn ? signIn : withToken,
    parameters: parametersOf(route),
    ...bodyOf(route, components),
    responses: {
      ...answersOf(route, components),
      ...refusalsOf(route, components),
    },
  };
}

function parametersOf({ method, params, query, operation }: PublicRoute) {
  const { etag, ifMatch, requestHeaders } = operation;
  const headers = Object.entries({
    ...requestHeaders,
    ...(method === 'get' && etag !== undefined ? { 'If-None-Match': ifNoneMatch(etag) } : {}),
    ...(ifMatch === undefined ? {} : { 'If-Match': ifMatchHeader(ifMatch, etag) }),
  });
  return [
    ...fieldsOf(params).map((field) => ({ in: 'path', ...field, required: true })),
    ...fieldsOf(query).map((field) => ({ in: 'query', ...field })),
    ...headers.map(([name, header]) => ({ in: 'header', name, ...header })),
  ];
}

function ifNoneMatch(example: string): RequestHeader {
  const description = 'The `ETag` of what you have; if it is still that, the answer is a 304.';
  return { required: false, description, schema: { type: 'string' }, example };
}

function ifMatchHeader(how: 'optional' | 'required', example = '*'): RequestHeader {
  const description =
    'The `ETag` of what you have read: if it has changed meanwhile, the answer is a 412 and nothing is done. `*` stands for whatever is there.';
  return { required: how === 'required', description, schema: { type: 'string' }, example };
}

function fieldsOf(schema: Schema | undefined) {
  const required = (schema?.required ?? []) as string[];
  return Object.entries((schema?.properties ?? {}) as Record<string, Schema>).map(
    ([name, { description, ...field }]) => ({
      name,
      // A default makes a field optional, whatever TypeBox calls it.
      required: required.includes(name) && !('default' in field),
      description,
      schema: field,
    }),
  );
}

function bodyOf({ body, operation }: PublicRoute, { schemas }: Components) {
  if (body === undefined) return {};
  const { consumes = JSON_TYPE, examples } = operation;
  const one = { schema: named(body, schemas), example: examples?.body };
  const types: readonly string[] = [consumes].flat();
  const content = Object.fromEntries(types.map((type) => [type, one]));
  return { requestBody: { required: true, content } };
}

/** What the route's own schemas say: answers, and at the token endpoint also refusals. */
function answersOf(route: PublicRoute, { schemas }: Components) {
  const { operation, answers } = route;
  const entries = Object.entries(answers).map(([status, schema]) => {
    const isGood = status.startsWith('2');
    const type = (isGood ? operation.produces : undefined) ?? JSON_TYPE;
    const [refusal] = (schema.examples ?? []) as unknown[];
    const example = isGood ? operation.examples?.answer : refusal;
    const content = { [type]: { schema: named(schema, schemas), example } };
    const description = isGood ? operation.returns : (STATUS_CODES[status] ?? status);
    const headers = {
      ...rateLimitHeaders,
      ...(status === '201' ? { Location: ref('headers', 'Location') } : {}),
      ...(hasPages(route) ? { Link: ref('headers', 'Link') } : {}),
      ...(operation.deprecation === undefined ? {} : deprecationHeaders),
      ...(operation.etag === undefined ? {} : { ETag: ref('headers', 'ETag') }),
    };
    return [status, { description, headers, ...(status === '204' ? {} : { content }) }];
  });
  const canBeKnown = route.method === 'get' && operation.etag !== undefined;
  const known = canBeKnown ? [['304', ref('responses', 'unchanged')]] : [];
  return Object.fromEntries([...entries, ...known]) as Record<string, unknown>;
}

const rateLimitHeaders = {
  RateLimit: ref('headers', 'RateLimit'),
  'RateLimit-Policy': ref('headers', 'RateLimit-Policy'),
};

const deprecationHeaders = {
  Deprecation: ref('headers', 'Deprecation'),
  Sunset: ref('headers', 'Sunset'),
  Link: ref('headers', 'Link'),
};

/** Where If-None-Match names what is there. */
export const unchanged = {
  description: 'You have it already.',
  headers: { ...rateLimitHeaders, ETag: ref('headers', 'ETag') },
};

function refusalsOf(route: PublicRoute, { responses, errors }: Components) {
  const byStatus = Map.groupBy(errorsOf(route), ({ status }) => status);
  const entries = [...byStatus].map(([status, kinds]) => {
    for (const kind of kinds) errors.set(kind.code, kind);
    const name = kinds.map(({ code }) => code).join('.');
    responses[name] = refusal(status, kinds);
    return [String(status), ref('responses', name)];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function refusal(status: number, kinds: ErrorKind[]) {
  const codes = kinds.map(({ code }) => code);
  const waits = kinds.some((kind) => kind.retryAfterSeconds !== undefined) || status === 429;
  const challenges = kinds.some(({ challenge }) => challenge !== undefined);
  const only = { properties: { status: { const: status }, code: { enum: codes } } };
  return {
    description: kinds.map(({ code, when }) => `\`${code}\`: ${when}`).join('\n\n'),
    headers: {
      ...rateLimitHeaders,
      ...(waits ? { 'Retry-After': ref('headers', 'Retry-After') } : {}),
      ...(challenges ? { 'WWW-Authenticate': ref('headers', 'WWW-Authenticate') } : {}),
    },
    content: {
      'application/problem+json': {
        schema: { allOf: [ref('schemas', 'Problem'), only] },
        examples: Object.fromEntries(codes.map((code) => [code, ref('examples', code)])),
      },
    },
  };
}

function errorsOf(route: PublicRoute): ErrorKind[] {
  const { method, scopes, params, isSignIn, operation } = route;
  const of = (...codes: (keyof typeof httpErrors)[]) => codes.map((code) => httpErrors[code]);
  const late = [
    gatewayErrors['rate-limited'],
    ...of('internal-error', 'unavailable', 'deadline-exceeded'),
  ];
  if (isSignIn) return [...of('body-too-large'), ...late];
  return [
    ...of('invalid-request', 'not-acceptable'),
    ...(hasPages(route) ? of('invalid-cursor') : []),
    ...(scopes.length === 0
      ? []
      : of('token-missing', 'token-invalid', 'proof-invalid', 'scope-missing')),
    ...(params === undefined ? [] : of('not-found', 'uri-too-long')),
    ...(method === 'get' ? [] : of('malformed-json', 'body-too-large', 'unsupported-media-type')),
    ...(operation.ifMatch === undefined ? [] : of('precondition-failed')),
    ...(operation.ifMatch === 'required' ? of('precondition-required') : []),
    ...(operation.errors ?? []),
    ...late,
  ];
}

function hasPages({ query }: PublicRoute): boolean {
  return Object.hasOwn((query?.properties as object | undefined) ?? {}, 'cursor');
}

/** The schema with everything that has a title moved to the components. */
function named(schema: unknown, schemas: Components['schemas']): unknown {
  if (Array.isArray(schema)) return schema.map((part) => named(part, schemas));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { title, ...parts } = schema as Schema;
  const entries = Object.entries(parts).map(([key, part]) => [key, named(part, schemas)]);
  const rest = Object.fromEntries(entries) as Schema;
  if (typeof title !== 'string') return { ...rest, ...(title === undefined ? {} : { title }) };
  schemas[title] = rest;
  return ref('schemas', title);
}
