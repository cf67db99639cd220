/** The Markdown that people read here, for the checks that hold it to the source. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

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
