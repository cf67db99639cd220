/** A refusal as an error: what RFC 9457 says of it, with the code that a program goes by. */
import type { components } from './v1.ts';

type ProblemDocument = components['schemas']['Problem'];

export class ApiProblem extends Error {
  readonly status: number;
  /** Stable; undefined where what answered was no part of this API, such as a proxy. */
  readonly code: string | undefined;
  /** When the same request may succeed, where it may at all. */
  readonly retryAfterSeconds: number | undefined;
  readonly document: Partial<ProblemDocument>;

  constructor({ status, headers }: Response, document: Partial<ProblemDocument>) {
    super(`${document.code ?? String(status)}: ${document.detail ?? 'refused'}`);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = document.code;
    // A date, which HTTP allows too, this API never says.
    this.retryAfterSeconds = Number(headers.get('retry-after') ?? NaN) || undefined;
    this.document = document;
  }
}

/** The body of a good answer; throws ApiProblem where it is none. */
export function bodyOf<Body>(answer: {
  data?: Body;
  error?: unknown;
  response: Response;
}): NonNullable<Body> {
  const { data, error, response } = answer;
  if (response.ok && data !== undefined && data !== null) return data;
  throw new ApiProblem(response, isObject(error) ? error : {});
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
