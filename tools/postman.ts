/**
 * The Postman collection: every operation of the OpenAPI document as a request, and before them the written journey.
 * The converter gives each part a random id, makes up text for each pattern, and repeats every answer; without those
 * the file is the same from run to run, and small enough to be read.
 */
import { createRequire } from 'node:module';
import type { Schema } from './compare-schemas.ts';
import { journey } from './postman-journey.ts';

export const postmanFile = 'docs/postman/waymark.postman_collection.json';

interface Converted {
  result: boolean;
  reason?: string;
  output: { data: Record<string, unknown> }[];
}
interface Converter {
  convertV2(
    input: { type: 'json'; data: unknown },
    options: Record<string, unknown>,
    done: (error: Error | null, converted: Converted) => void,
  ): void;
}

const OPTIONS = {
  folderStrategy: 'Tags',
  parametersResolution: 'Example',
  enableOptionalParameters: false,
  // All by the token of the collection.
  alwaysInheritAuthentication: true,
};
const LEFT_OUT = ['id', '_postman_id', 'response'];
/** For which it would make up text. */
const MADE_UP = ['pattern', 'format', 'minLength', 'maxLength', 'minimum', 'maximum'];

export async function postmanCollection(document: Schema): Promise<object> {
  // Without types of its own.
  const converter = createRequire(import.meta.url)('openapi-to-postmanv2') as Converter;
  const { promise, resolve, reject } = Promise.withResolvers<Converted>();
  const data = without(MADE_UP, document);
  converter.convertV2({ type: 'json', data }, OPTIONS, (error, made) =>
    error === null ? resolve(made) : reject(error),
  );
  const { result, reason, output } = await promise;
  const made = output[0]?.data;
  if (!result || made === undefined) throw new Error(`no Postman collection: ${reason ?? ''}`);
  const { info, item, variable } = without(LEFT_OUT, made) as Record<
    'info' | 'item' | 'variable',
    object[]
  >;
  return {
    info,
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{accessToken}}', type: 'string' }] },
    variable: [
      ...variable,
      ...['clientId', 'clientSecret', 'accessToken'].map((key) => ({ key, value: '' })),
    ],
    item: [journey(), ...item],
  };
}

/** A copy without what has these names, and without what is said by saying nothing. */
function without(names: string[], value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => without(names, one));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, one]) => !names.includes(key) && one !== null);
  return Object.fromEntries(kept.map(([key, one]) => [key, without(names, one)]));
}
