import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { allEvents } from '@waymark/contracts/all-events.ts';
import type { EventContract } from '@waymark/contracts/define-event.ts';
import { topics } from '@waymark/contracts/topics.ts';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  checkApi,
  checkContracts,
  readReleased,
  readReleasedApi,
  releasedFolder,
  snapshotOf,
} from '../check-contracts.ts';
import type { Schema } from '../compare-schemas.ts';
import { openApiDocument } from '../openapi.ts';
import { releaseContracts } from '../release-contracts.ts';

const root = path.join(import.meta.dirname, '../..');

const parcelId = { type: 'string' };
const parcelSent: EventContract = {
  type: 'waymark.orders.parcel-sent.v1',
  topic: 'waymark.orders',
  summary: 'The parcel is on its way.',
  data: { type: 'object', required: ['parcelId'], properties: { parcelId } },
};
const second = { ...parcelSent, type: 'waymark.orders.parcel-sent.v2' };
const released = new Map([[parcelSent.type, snapshotOf(parcelSent)]]);
const graph = 'type Query { parcel: ID }\n';
const api = { openapi: '3.1.0', paths: { '/parcels': { get: { responses: { 200: {} } } } } };

describe('a release', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'waymark-contracts-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const release = (events: EventContract[], document: Schema = api) =>
    releaseContracts(folder, { events, api: document, graph });

  test('writes what is new, and after it nothing is left to release', () => {
    expect(release([parcelSent]).unreleased).toHaveLength(3);
    expect(readReleased(folder)).toEqual(released);
    const nothing = { incompatible: [], unreleased: [] };
    expect(checkContracts(readReleased(folder), [parcelSent])).toEqual(nothing);
  });

  test('protects a new optional field from then on', () => {
    release([parcelSent]);
    const properties = { parcelId, weight: { type: 'integer' } };
    release([{ ...parcelSent, data: { ...parcelSent.data, properties } }]);
    expect(checkContracts(readReleased(folder), [parcelSent]).incompatible).toEqual([
      expect.stringContaining('weight: is gone'),
    ]);
  });

  test('writes nothing at all where one change is incompatible', () => {
    release([parcelSent]);
    const loosened = { type: 'object', properties: { parcelId } };
    const changed = { ...parcelSent, data: loosened };
    const { incompatible } = release([changed, second]);
    expect(incompatible).toHaveLength(1);
    expect(readReleased(folder)).toEqual(released);
  });

  test('writes no event either where a client of the API could not bear its change', () => {
    release([parcelSent]);
    const { incompatible } = release([parcelSent, second], { ...api, paths: {} });
    expect(incompatible).toEqual([expect.stringContaining('API v1: GET /parcels: is gone')]);
    expect(readReleased(folder)).toEqual(released);
    expect(readReleasedApi(folder)).toEqual(api);
  });
});

describe("the shop's contracts", () => {
  test('have a public API that is released, and nothing that a client of it could not bear', () => {
    const snapshot = readReleasedApi(releasedFolder);
    expect(snapshot).toBeDefined();
    expect(checkApi(snapshot, openApiDocument()).incompatible).toEqual([]);
  });

  test('are all released, and compatible with what was', () => {
    const findings = checkContracts(readReleased(releasedFolder), allEvents);
    expect(findings).toEqual({ incompatible: [], unreleased: [] });
  });

  test('are all in the list of events, once', async () => {
    const files = globSync('packages/contracts/src/*.ts', { cwd: root });
    const modules = await Promise.all(
      files.map(
        async (file) => (await import(pathToFileURL(path.join(root, file)).href)) as object,
      ),
    );
    const exported = modules
      .flatMap((module): unknown[] => Object.values(module))
      .filter(isContract);
    const types = allEvents.map(({ type }) => type).sort();
    expect(types).toEqual(exported.map(({ type }) => type).sort());
    expect(types).toEqual([...new Set(types)]);
  });

  test.each(allEvents.map(({ type, topic }) => [type, topic]))(
    'are named by topic, event and version: %s',
    (type, topic) => {
      expect(topics.map(({ name }) => name as string)).toContain(topic);
      expect(type.slice(0, topic.length + 1)).toBe(`${topic}.`);
      expect(type.slice(topic.length + 1)).toMatch(/^[a-z]+(-[a-z]+)*\.v[1-9]\d*$/);
    },
  );
});

function isContract(value: unknown): value is EventContract {
  return typeof value === 'object' && value !== null && 'topic' in value && 'data' in value;
}
