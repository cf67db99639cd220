/** The job that gives each service its role, its database and its migrations, before any of them starts. */
import { readFile } from 'node:fs/promises';
import { servicesWithDatabase, type DatabaseName } from '../embedded/names.ts';
import { provisionDatabases } from '../postgres/provision.ts';

interface Databases {
  adminUrl: string;
  passwords: Record<string, string>;
  urls: Record<DatabaseName, string>;
}

const { DATABASES_FILE = '' } = process.env;

const { adminUrl, passwords, urls } = JSON.parse(
  await readFile(DATABASES_FILE, 'utf8'),
) as Databases;
await provisionDatabases({
  adminUrl,
  passwords,
  databases: servicesWithDatabase,
  databaseUrl: (name) => urls[name],
});
process.stdout.write(`${String(servicesWithDatabase.length)} databases are ready\n`);
