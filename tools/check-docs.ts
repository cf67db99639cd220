/**
 * Holds the documentation to the source: every link of a Markdown file leads somewhere; a link with a fragment
 * into a source file names a `#region` that is there; a link whose text is a quoted title, into a test file,
 * names a test that is there. And docs/errors.md lists exactly the errors that the services can answer with.
 */
import { globSync, readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const LINK = /\[([^\]]+)\]\(([^)\s]+)\)/g;

interface Link {
  text: string;
  file: string;
  fragment: string | undefined;
}

/** One line for each citation that leads nowhere. */
export function checkLinks(root: string): string[] {
  const documents = globSync(['*.md', 'docs/**/*.md', 'services/*/README.md'], { cwd: root });
  return documents.flatMap((document) => {
    const text = readFileSync(path.join(root, document), 'utf8');
    return linksOf(text).flatMap((link) => {
      const complaint = complaintAbout(link, path.join(root, path.dirname(document)));
      return complaint === undefined ? [] : [`${document}: [${link.text}] ${complaint}`];
    });
  });
}

function linksOf(text: string): Link[] {
  return [...text.matchAll(LINK)].flatMap(([, label = '', target = '']) => {
    const [file = '', fragment] = target.split('#', 2);
    return /^[a-z]+:/.test(target) || file === '' ? [] : [{ text: label, file, fragment }];
  });
}

function complaintAbout({ text, file, fragment }: Link, folder: string): string | undefined {
  const target = path.join(folder, file);
  if (!existsSync(target)) return `leads to ${file}, which is not there`;
  if (!/\.(ts|sql)$/.test(file)) return undefined;
  const source = readFileSync(target, 'utf8');
  if (fragment !== undefined && !source.includes(`#region ${fragment}\n`)) {
    return `names the region ${fragment}, which is not in ${file}`;
  }
  const title = /^"(.*)"$/.exec(text)?.[1];
  const known = title === undefined || source.replaceAll("\\'", "'").includes(title);
  return known ? undefined : `names a test that is not in ${file}`;
}

interface ErrorKind {
  code: string;
  status: number;
  title: string;
  when: string;
}

/** The errors of all services, from the tables themselves. */
export async function readErrorTables(root: string): Promise<Map<string, ErrorKind[]>> {
  const files = globSync(['packages/http/src/errors.ts', 'services/*/src/errors.ts'], {
    cwd: root,
  });
  const tables = await Promise.all(
    files.sort().map(async (file) => {
      const module = (await import(pathToFileURL(path.join(root, file)).href)) as object;
      const kinds = Object.values(module).flatMap((table: Record<string, ErrorKind>) =>
        Object.values(table),
      );
      const owner = file.startsWith('packages') ? 'every service' : (file.split('/')[1] ?? file);
      return [owner, kinds] as const;
    }),
  );
  return new Map(tables);
}

/** docs/errors.md as the tables say it. */
export function errorsDocument(tables: Map<string, ErrorKind[]>): string {
  const sections = [...tables].map(([owner, kinds]) => {
    const rows = kinds.map(
      ({ code, status, title, when }) => `### ${code}\n\n${String(status)} ${title}. ${when}\n`,
    );
    return `## Of ${owner}\n\n${rows.join('\n')}`;
  });
  return `# Errors

Every error is an [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem document (\`application/problem+json\`) with a
stable \`code\`, and its \`type\` leads to the code's place here. Where \`Retry-After\` is given, the same request may
succeed later; with an idempotency key it is safe to send again. OAuth's own endpoints under \`/identity\` answer with
the errors of RFC 6749.

This page is made from the tables in the source: \`npm run docs\`.

${sections.join('\n')}`;
}

export async function checkErrors(root: string): Promise<string[]> {
  const expected = errorsDocument(await readErrorTables(root));
  const found = readFileSync(path.join(root, 'docs/errors.md'), 'utf8');
  return found === expected
    ? []
    : ['docs/errors.md: is not what the tables say; run: npm run docs'];
}

if (import.meta.main) {
  const root = path.join(import.meta.dirname, '..');
  const complaints = [...checkLinks(root), ...(await checkErrors(root))];
  for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
