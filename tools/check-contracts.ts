/**
 * Holds the event contracts to what was released. packages/contracts/released/ has each event's schema as it
 * was published; a contract that differs from it in a way that a reader cannot live with fails the lint, as do
 * a removed event type and a changed topic. What compare-schemas.ts refuses it refuses for readers on both
 * sides: old consumers of new events while a deployment is under way, and new consumers of old events, which
 * stay in the log for 7 days, for ever where the topic is compacted, and in the dead letters until redriven.
 * A change that is refused becomes a new event type (v2) beside the old one, until nobody reads that. Then, and
 * once its events have left the log, the old one's snapshot is deleted by hand: that is a decision, not a check.
 * The public API and the graph are held to what was released in the same way, by compare-openapi.ts and compare-graphql.ts.
 */
import { allEvents } from '@waymark/contracts/all-events.ts';
import type { EventContract } from '@waymark/contracts/define-event.ts';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { schemaDocument } from '../services/gateway/src/graphql/type-defs.ts';
import { asyncApiDocument } from './asyncapi.ts';
import { compareGraphql } from './compare-graphql.ts';
import { compareOpenApi } from './compare-openapi.ts';
import { compareSchemas, type Schema } from './compare-schemas.ts';
import { checkCurrent } from './documents.ts';
import { openApiDocument } from './openapi.ts';

const root = path.join(import.meta.dirname, '..');
export const releasedFolder = path.join(root, 'packages/contracts/released');
/** Below the folder, apart from the events. */
export const releasedApi = 'openapi/v1.json';
export const releasedGraph = 'graphql/schema.graphql';
export const asyncApiFile = path.join(root, 'docs/asyncapi/waymark.json');
export const graphqlFile = path.join(root, 'docs/graphql/schema.graphql');

export interface Findings {
  /** Somebody could not read what another writes. */
  incompatible: string[];
  /** Compatible, but not protected before it is released. */
  unreleased: string[];
}

/** The schemas that were published, by event type. */
export function readReleased(folder: string): Map<string, Schema> {
  const files = globSync('*.json', { cwd: folder }).sort();
  return new Map(
    files.map((file) => [path.basename(file, '.json'), readJson(path.join(folder, file))]),
  );
}

/** The schema of a contract's events, as it is published: one JSON Schema that also names type and topic. */
export function snapshotOf({ type, topic, summary, data }: EventContract): Schema {
  const schema = JSON.parse(JSON.stringify(data)) as Schema;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: type,
    description: summary,
    'x-topic': topic,
    ...schema,
  };
}

export function checkContracts(
  released: ReadonlyMap<string, Schema>,
  events: readonly EventContract[],
): Findings {
  const types = new Set(events.map(({ type }) => type));
  const removed = [...released.keys()].filter((type) => !types.has(type));
  const incompatible = removed.map(
    (type) => `${type}: is gone; its events are still in the log and its consumers still wait`,
  );
  const unreleased: string[] = [];
  for (const contract of events) {
    const before = released.get(contract.type);
    const after = snapshotOf(contract);
    const reasons = before === undefined ? [] : compareSnapshots(before, after);
    incompatible.push(...reasons.map((reason) => `${contract.type}: ${reason}`));
    if (reasons.length > 0 || isDeepStrictEqual(before, after)) continue;
    const what = before === undefined ? 'is new' : 'has a compatible change';
    unreleased.push(`${contract.type}: ${what}; release it with npm run contracts -- release`);
  }
  return { incompatible, unreleased };
}

function compareSnapshots(before: Schema, after: Schema): string[] {
  const moved = before['x-topic'] !== after['x-topic'];
  const [was, is] = [String(before['x-topic']), String(after['x-topic'])];
  return [
    // Consumers subscribe to topics, and an aggregate's events keep their order only within one.
    ...(moved ? [`moved from ${was} to ${is}; consumers that are not yet updated miss it`] : []),
    ...compareSchemas(before, after),
  ];
}

/** The document as it was released; undefined before the first time. */
export function readReleasedApi(folder: string): Schema | undefined {
  const file = path.join(folder, releasedApi);
  return existsSync(file) ? readJson(file) : undefined;
}

export function checkApi(released: Schema | undefined, current: Schema): Findings {
  const reasons = released === undefined ? [] : compareOpenApi(released, current);
  const same = isDeepStrictEqual(released, current);
  const what = released === undefined ? 'is new' : 'has a compatible change';
  const advice = `API v1: ${what}; release it with npm run contracts -- release`;
  return {
    incompatible: reasons.map((reason) => `API v1: ${reason}`),
    unreleased: same || reasons.length > 0 ? [] : [advice],
  };
}

/** The schema as it was released; undefined before the first time. */
export function readReleasedGraph(folder: string): string | undefined {
  const file = path.join(folder, releasedGraph);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

export function checkGraph(released: string | undefined, current: string): Findings {
  const reasons = released === undefined ? [] : compareGraphql(released, current);
  const what = released === undefined ? 'is new' : 'has a compatible change';
  const advice = `GraphQL: ${what}; release it with npm run contracts -- release`;
  return {
    incompatible: reasons.map((reason) => `GraphQL: ${reason}`),
    unreleased: released === current || reasons.length > 0 ? [] : [advice],
  };
}

export function join(...findings: Findings[]): Findings {
  return {
    incompatible: findings.flatMap(({ incompatible }) => incompatible),
    unreleased: findings.flatMap(({ unreleased }) => unreleased),
  };
}

export function checkAsyncApi(file: string): string[] {
  const name = 'docs/asyncapi/waymark.json';
  return checkCurrent(file, asyncApiDocument(), { name, of: 'what the contracts say' });
}

export function checkGraphql(file: string): string[] {
  const name = 'docs/graphql/schema.graphql';
  return checkCurrent(file, schemaDocument(), { name, of: 'the schema of the gateway' });
}

function readJson(file: string): Schema {
  return JSON.parse(readFileSync(file, 'utf8')) as Schema;
}

if (import.meta.main) {
  const { incompatible, unreleased } = join(
    checkContracts(readReleased(releasedFolder), allEvents),
    checkApi(readReleasedApi(releasedFolder), openApiDocument()),
    checkGraph(readReleasedGraph(releasedFolder), schemaDocument()),
  );
  const complaints = [
    ...incompatible,
    ...checkAsyncApi(asyncApiFile),
    ...checkGraphql(graphqlFile),
  ];
  for (const line of [...complaints, ...unreleased]) console.log(line);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
