/**
 * What the public document says of a route beside its schemas. It lies with the route, as `config.operation`, and
 * tools/openapi.ts puts the document together from there; whatever follows from the route itself (its scope, its
 * limit, the errors of every route like it) is not repeated here. The server reads `consumes`,
 * `produces`, `ifMatch` and `deprecation` of it.
 */
import type { Deprecation } from './deprecation.ts';
import type { ErrorKind } from './problem.ts';

export interface Operation {
  /** Names the operation in generated clients, so it stays as it is. */
  readonly operationId: string;
  /** A few words for a list of operations. */
  readonly summary: string;
  /** Markdown: what someone has to know who has nothing but the document. */
  readonly description: string;
  /** What comes back when all goes well, in a sentence. */
  readonly returns: string;
  /** Those of its own, beside the ones that every route like it can answer with. */
  readonly errors?: readonly ErrorKind[];
  readonly requestHeaders?: Readonly<Record<string, RequestHeader>>;
  /** Media types of the request body where it is not JSON. */
  readonly consumes?: string | readonly string[];
  /** Media type of the answer where it is not JSON. */
  readonly produces?: string;
  /** An answer has an ETag, here one to show; a GET with If-None-Match can be answered 304. */
  readonly etag?: string;
  /** Whether a change can have an If-Match, or must have one. */
  readonly ifMatch?: 'optional' | 'required';
  /** Where another version has taken its place. */
  readonly deprecation?: Deprecation;
  readonly examples?: { readonly body?: unknown; readonly answer?: unknown };
}

/** A header that the route reads itself, so that its absence can have an error of its own. */
export interface RequestHeader {
  readonly required: boolean;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly example: string;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: Operation;
  }
}
