/** The documents that people read here, for the checks that hold them to the source. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

export interface Document {
  /** From the root, with slashes. */
  file: string;
  text: string;
}

export function readDocuments(root: string): Document[] {
  return filesOf(root, '**/*.md').map((file) => ({
    file,
    text: readFileSync(path.join(root, file), 'utf8'),
  }));
}

/** What matches, in order, without what tools have put there. */
export function filesOf(root: string, pattern: string): string[] {
  const exclude = (name: string) => /(^|[/\\])(node_modules|\.waymark|coverage)$/.test(name);
  const files = globSync(pattern, { cwd: root, exclude });
  return files.map((file) => file.replaceAll(path.sep, '/')).sort();
}

/** A complaint where a file is not what `npm run docs` would write. Of a JSON document the layout is free. */
export function checkCurrent(
  file: string,
  made: unknown,
  { name, of }: { name: string; of: string },
): string[] {
  const text = readFileSync(file, 'utf8');
  const found: unknown = typeof made === 'string' ? text : JSON.parse(text);
  return isDeepStrictEqual(found, made) ? [] : [`${name}: is not ${of}; run: npm run docs`];
}
