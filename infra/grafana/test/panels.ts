/** The dashboards' files as Grafana would read them, and their queries as Grafana would send them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface Target {
  expr: string;
  exemplar?: boolean;
  datasource: { uid: string };
}

interface Panel {
  id: number;
  type: string;
  title: string;
  description: string;
  datasource: { uid: string };
  fieldConfig: { defaults: { unit: string } };
  targets: Target[];
}

interface DashboardFile {
  uid: string;
  title: string;
  panels: Panel[];
}

const directory = path.join(import.meta.dirname, '../dashboards');

export function readDashboards(): DashboardFile[] {
  return readdirSync(directory).map(
    (file) => JSON.parse(readFileSync(path.join(directory, file), 'utf8')) as DashboardFile,
  );
}

export function panelsOf({ panels }: DashboardFile): Panel[] {
  return panels.filter(({ type }) => type !== 'row');
}

export interface Query extends Target {
  /** Dashboard and panel, for messages. */
  where: string;
}

/** Every query of every panel, with the values that Grafana would put in for its variables. */
export function readQueries(values: Record<string, string>): Query[] {
  return readDashboards().flatMap((dashboard) =>
    panelsOf(dashboard).flatMap((panel) =>
      panel.targets.map((target) => ({
        ...target,
        where: `${dashboard.title} / ${panel.title}`,
        expr: substitute(target.expr, values),
      })),
    ),
  );
}

function substitute(expr: string, values: Record<string, string>): string {
  return expr.replaceAll(/\$(\w+)/g, (_found, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for $${name} in ${expr}`);
    return value;
  });
}
