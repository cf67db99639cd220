/** The files that Grafana loads, without Grafana: they are made from their source, and lead to each other. */
import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { dashboardFiles } from '../source/files.ts';
import { panelsOf, readDashboards } from './panels.ts';

const grafana = path.join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(grafana, file), 'utf8');

interface DataSource {
  uid: string;
  jsonData?: { exemplarTraceIdDestinations?: { name: string; datasourceUid: string }[] };
}

function dataSources(): DataSource[] {
  const file = read('provisioning/datasources/waymark.yml');
  return (parse(file) as { datasources: DataSource[] }).datasources;
}

test('the files are those of the source: npm run dashboards', () => {
  const files = dashboardFiles();
  expect(readdirSync(path.join(grafana, 'dashboards')).toSorted()).toEqual(
    [...files.keys()].toSorted(),
  );
  for (const [name, text] of files) expect(read(`dashboards/${name}`)).toBe(text);
});

test('each panel has a unit, a sentence on how to read it, and a data source that is provisioned', () => {
  const known = dataSources().map(({ uid }) => uid);
  for (const panel of readDashboards().flatMap(panelsOf)) {
    expect(panel.description).toMatch(/^.{40,}\.$/);
    expect(panel.fieldConfig.defaults.unit).not.toBe('');
    expect(panel.targets.length).toBeGreaterThan(0);
    for (const { datasource } of [panel, ...panel.targets]) expect(known).toContain(datasource.uid);
  }
});

test('dashboards, and the panels of each, are told apart', () => {
  const dashboards = readDashboards();
  expect(dashboards).toHaveLength(4);
  expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(4);
  for (const { panels } of dashboards) {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  }
});

test('a point of a histogram leads to its trace in a data source that is provisioned', () => {
  const sources = dataSources();
  const [link] =
    sources.find(({ uid }) => uid === 'prometheus')?.jsonData?.exemplarTraceIdDestinations ?? [];
  expect(link?.name).toBe('trace_id');
  expect(sources.map(({ uid }) => uid)).toContain(link?.datasourceUid);
});
