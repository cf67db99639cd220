/** What the tests of rules and dashboards read from them: the rules themselves, and the names in an expression. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export const rulesDirectory = path.join(import.meta.dirname, '../rules');

export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export function readRules(): Rule[] {
  return readdirSync(rulesDirectory).flatMap((file) => {
    const text = readFileSync(path.join(rulesDirectory, file), 'utf8');
    return (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);
  });
}

const NOT_METRICS = new Set(['and', 'or', 'unless', 'offset', 'bool']);
/** Strings, selectors, ranges and lists of labels, none of which holds a metric's name. */
const ASIDE =
  /"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;

/** The metrics that an expression is made of. */
export function metricsIn(expr: string): string[] {
  const names = expr.replace(ASIDE, ' ').matchAll(/\b[a-zA-Z_][\w:]*\b(?!\s*\()/g);
  return [...new Set([...names].map(([name]) => name))].filter((name) => !NOT_METRICS.has(name));
}
