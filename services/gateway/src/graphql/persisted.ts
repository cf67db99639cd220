/**
 * Persisted operations: those of the console lie in docs/graphql/operations, and a client may send the SHA-256 of one in
 * place of its text, as Apollo's clients do, in `extensions.persistedQuery`. A hash of a text, and not a name, so that a
 * console of yesterday and a gateway of today cannot mean two things by it.
 */
import { Problem } from '@waymark/http/problem.ts';
import type { Plugin } from 'graphql-yoga';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { errors } from '../errors.ts';

/** The text of each, by its hash. */
export type Persisted = ReadonlyMap<string, string>;

export async function readPersisted(): Promise<Persisted> {
  const folder = new URL('../../../../docs/graphql/operations/', import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.graphql'));
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')));
  return new Map(texts.map((text) => [hashOf(text), text]));
}

/** In hexadecimal, of the file as it is. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

// #region only-persisted
// With `only`, what a request may ask for was reviewed before it was deployed: a stranger's operation is refused by its
// missing hash, before a parser reads it, and the limits on depth and cost are a second line behind that.
export function takePersisted({
  persisted,
  only,
}: {
  persisted: Persisted;
  only: boolean;
}): Plugin {
  return {
    onParams({ params, setParams }) {
      const { sha256Hash: hash } = (params.extensions?.persistedQuery ?? {}) as Asked;
      if (hash === undefined && only) throw new Problem(errors['graphql-only-persisted']);
      if (hash === undefined) return;
      const query = typeof hash === 'string' ? persisted.get(hash) : undefined;
      if (query === undefined) throw new Problem(errors['graphql-operation-unknown']);
      setParams({ ...params, query });
    },
  };
}
// #endregion

interface Asked {
  sha256Hash?: unknown;
}
