/** For finding planted text again: the forms that it may have taken, and what tables and files hold. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';

/** Every way in which a text is likely to be written down, in lower case. */
export function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  // Where the text begins in the middle of three bytes, its base64 is another one.
  const base64 = [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return whole.slice(Math.ceil((before * 4) / 3), Math.floor((whole.length - 4) / 4) * 4);
  });
  const forms = [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    encodeURIComponent(encodeURIComponent(text)),
    new URLSearchParams({ x: text }).toString().slice(2),
    bytes.toString('latin1'),
    bytes.toString('hex'),
    createHash('sha256').update(text).digest('hex'),
    createHash('sha256').update(text).digest('base64url'),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
  return [...new Set(forms.map((form) => form.toLowerCase()))];
}

export async function tablesOf(url: string): Promise<[string, string][]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'`,
  );
  const texts: [string, string][] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ text: string }>(`select t::text as text from ${name} t`);
    texts.push([`table ${name}`, rows.map(({ text }) => text).join('\n')]);
  }
  await client.end();
  return texts;
}

export async function filesBelow(directory: string): Promise<[string, string][]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry): Promise<[string, string]> => {
      const file = path.join(entry.parentPath, entry.name);
      // The server may have taken it away meanwhile.
      const text = await readFile(file, 'latin1').catch(() => '');
      return [path.relative(directory, file), text];
    }),
  );
}
