/**
 * `npm run contracts` says how the event contracts, the public API and the graph differ from what was released; `npm
 * run contracts -- release` writes packages/contracts/released/ where every difference is compatible, and nothing where
 * one is not. From then on the lint protects the new snapshot, so release in the same commit that publishes the change.
 */
import { allEvents } from '@waymark/contracts/all-events.ts';
import type { EventContract } from '@waymark/contracts/define-event.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  checkApi,
  checkGraph,
  checkContracts,
  join,
  readReleased,
  readReleasedApi,
  readReleasedGraph,
  releasedApi,
  releasedFolder,
  releasedGraph,
  snapshotOf,
  type Findings,
} from './check-contracts.ts';
import type { Schema } from './compare-schemas.ts';
import { openApiDocument } from './openapi.ts';
import { schemaDocument } from '../services/gateway/src/graphql/type-defs.ts';

export interface Published {
  events: readonly EventContract[];
  /** The OpenAPI document. */
  api: Schema;
  /** The GraphQL schema. */
  graph: string;
}

/** All or nothing: what changed together is released together. Returns what it found before. */
export function releaseContracts(folder: string, published: Published): Findings {
  const findings = check(folder, published);
  if (findings.incompatible.length > 0) return findings;
  mkdirSync(path.join(folder, path.dirname(releasedApi)), { recursive: true });
  for (const contract of published.events) {
    writeJson(path.join(folder, `${contract.type}.json`), snapshotOf(contract));
  }
  writeJson(path.join(folder, releasedApi), published.api);
  mkdirSync(path.join(folder, path.dirname(releasedGraph)), { recursive: true });
  writeFileSync(path.join(folder, releasedGraph), published.graph);
  return findings;
}

function check(folder: string, { events, api, graph }: Published): Findings {
  return join(
    checkContracts(readReleased(folder), events),
    checkApi(readReleasedApi(folder), api),
    checkGraph(readReleasedGraph(folder), graph),
  );
}

function writeJson(file: string, value: Schema): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

function main(command: string | undefined): number {
  if (command !== undefined && command !== 'release') {
    console.error(`unknown: ${command}; say "npm run contracts" or "npm run contracts -- release"`);
    return 2;
  }
  const published = { events: allEvents, api: openApiDocument(), graph: schemaDocument() };
  const { incompatible, unreleased } =
    command === 'release'
      ? releaseContracts(releasedFolder, published)
      : check(releasedFolder, published);
  for (const line of incompatible) console.log(line);
  if (incompatible.length > 0) {
    console.log('Nothing was released: what changed needs a new version (v2) beside the old one.');
    return 1;
  }
  if (command === undefined) for (const line of unreleased) console.log(line);
  const done = command === 'release' ? 'released' : 'to be released';
  const all = String(allEvents.length + 2);
  console.log(
    `${String(unreleased.length)} of ${all}, the event types, the API and the graph, ${done}`,
  );
  return 0;
}

if (import.meta.main) process.exitCode = main(process.argv[2]);
