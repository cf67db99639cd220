/**
 * Holds the documentation to the source, and the source to the documentation. Every link of a Markdown file leads
 * somewhere, and so does every path in code type; a fragment names a heading of the page, or a `#region` of the
 * source, that is there; a link whose text is a quoted title, into a test file, names a test that is there. The other way round, every
 * region is cited by a page, docs/errors.md lists exactly the errors that the services can answer with, and
 * docs/openapi/v1.json and what is made from it for clients are what their routes say.
 */
import { globSync, readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkCommands } from './check-commands.ts';
import { clientTypes, clientTypesFile } from './client-types.ts';
import { checkCurrent, filesOf, readDocuments, type Document } from './documents.ts';
import { openApiDocument } from './openapi.ts';
import { postmanCollection, postmanFile } from './postman.ts';

const LINK = /\[([^\]]+)\]\(([^)\s]+)\)/g;
const PATH_IN_CODE = /`([\w-][\w./-]*\/[\w./-]+\.(?:ts|mjs|sql|json|md))`/g;
const REGION = /^\s*(?:\/\/|--) #region (\S+)$/gm;
const SOURCE = '**/*.{ts,mjs,sql}';

interface Link {
  text: string;
  file: string;
  fragment: string | undefined;
}

/** One line for each citation that leads nowhere. */
export function checkLinks(root: string): string[] {
  return readDocuments(root).flatMap(({ file, text }) =>
    linksOf(text).flatMap((link) => {
      const complaint = complaintAbout(link, path.join(root, path.dirname(file)));
      return complaint === undefined ? [] : [`${file}: [${link.text}] ${complaint}`];
    }),
  );
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
  if (file.endsWith('.md') && fragment !== undefined) {
    const known = headingsOf(readFileSync(target, 'utf8')).includes(fragment);
    return known ? undefined : `leads to a heading ${fragment}, which is not in ${file}`;
  }
  if (!path.matchesGlob(file, SOURCE)) return undefined;
  const source = readFileSync(target, 'utf8');
  if (fragment !== undefined && !regionsOf(source).includes(fragment)) {
    return `names the region ${fragment}, which is not in ${file}`;
  }
  const title = /^"(.*)"$/.exec(text)?.[1];
  const known = title === undefined || hasTest(source, title);
  return known ? undefined : `names a test that is not in ${file}`;
}

/** The whole title, which a suite may have put the name of its adapter before. */
function hasTest(source: string, title: string): boolean {
  const unescaped = source.replaceAll("\\'", "'");
  return ["'", '"', '`', '}: '].some((before) =>
    ["'", '"', '`'].some((after) => unescaped.includes(`${before}${title}${after}`)),
  );
}

/** As GitHub writes them in an address. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function regionsOf(source: string): string[] {
  return [...source.matchAll(REGION)].map(([, id = '']) => id);
}

/** One line for each region that no page cites: a note that nobody is led to. */
export function checkRegions(root: string): string[] {
  const cited = new Set(
    readDocuments(root).flatMap(({ file, text }) =>
      linksOf(text).map((link) => {
        const target = path.posix.join(path.posix.dirname(file), link.file);
        return `${target}#${link.fragment ?? ''}`;
      }),
    ),
  );
  return filesOf(root, SOURCE).flatMap((file) =>
    regionsOf(readFileSync(path.join(root, file), 'utf8'))
      .filter((id) => !cited.has(`${file}#${id}`))
      .map((id) => `${file}: no page cites the region ${id}; say in docs/ what it teaches`),
  );
}

/** One line for each path in code type that is neither beside its page, nor below the root, nor in a service. */
export function checkPaths(root: string): string[] {
  return readDocuments(root).flatMap((document) =>
    [...document.text.matchAll(PATH_IN_CODE)].flatMap(([, named = '']) =>
      isThere(root, document, named) ? [] : [`${document.file}: ${named} is not there`],
    ),
  );
}

function isThere(root: string, { file }: Document, named: string): boolean {
  return (
    existsSync(path.join(root, path.dirname(file), named)) ||
    existsSync(path.join(root, named)) ||
    globSync(`services/*/${named}`, { cwd: root }).length > 0
  );
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

Every error of the API is an [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem document (\`application/problem+json\`) with a
stable \`code\`, and its \`type\` leads to the code's place here. Where \`Retry-After\` is given, the same request may
succeed later; with an idempotency key it is safe to send again. OAuth's own endpoints under \`/identity\` answer with
the errors of RFC 6749, people's sign-in pages with a page that names the code, and \`/graphql\` with it in \`extensions.code\`. Codes
of psp, and \`caller-not-allowed\`, are between services and never come to a client.

This page is made from the tables in the source: \`npm run docs\`.

${sections.join('\n')}`;
}

export async function checkErrors(root: string): Promise<string[]> {
  const name = 'docs/errors.md';
  const made = errorsDocument(await readErrorTables(root));
  return checkCurrent(path.join(root, name), made, { name, of: 'what the tables say' });
}

export const openApiFile = 'docs/openapi/v1.json';

export function checkOpenApi(root: string): string[] {
  const about = { name: openApiFile, of: 'what the routes say' };
  return checkCurrent(path.join(root, openApiFile), openApiDocument(), about);
}

/** What is made from the OpenAPI document for those who use it. */
async function checkClients(root: string): Promise<string[]> {
  const document = openApiDocument();
  const of = 'what the OpenAPI document says';
  const made = [
    [clientTypesFile, await clientTypes(document)],
    [postmanFile, JSON.parse(JSON.stringify(await postmanCollection(document)))],
  ] as const;
  return made.flatMap(([name, now]) => checkCurrent(path.join(root, name), now, { name, of }));
}

if (import.meta.main) {
  const root = path.join(import.meta.dirname, '..');
  const complaints = [
    ...checkLinks(root),
    ...checkPaths(root),
    ...checkRegions(root),
    ...checkCommands(root),
    ...(await checkErrors(root)),
    ...checkOpenApi(root),
    ...(await checkClients(root)),
  ];
  for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
