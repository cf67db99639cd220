/** What check-shape.ts wants to know of a TypeScript file, by its syntax alone: it needs no types and no imports. */
import ts from 'typescript';

/** Line numbers, from 1. */
export interface SourceFacts {
  processEnv: number[];
  sql: number[];
  defaultExports: number[];
  exportedNames: string[];
}

/** SQL, not a sentence: that would begin with one capital letter. */
const STATEMENT =
  /^\s*(select\s.*\bfrom\s|select\s+\w+\s*\(|select\s+\d|with\s+\w+\s+as\s*\(|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|(create|alter|drop)\s+table\s|truncate\s)/s;
const QUERY_BUILDER = ['selectFrom', 'insertInto', 'updateTable', 'deleteFrom', 'mergeInto'];
/** Asks a database only whether it is there, as readiness checks do; that is no knowledge of tables. */
const PROBE = 'select 1';

export function readSource(text: string): SourceFacts {
  const file = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const facts: SourceFacts = { processEnv: [], sql: [], defaultExports: [], exportedNames: [] };
  const lineOf = (node: ts.Node) =>
    file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;

  function visit(node: ts.Node): void {
    if (isProcessEnv(node)) facts.processEnv.push(lineOf(node));
    if (isSql(node)) facts.sql.push(lineOf(node));
    if (isDefaultExport(node)) facts.defaultExports.push(lineOf(node));
    // The text inside a statement that was found is not another one.
    if (!ts.isTaggedTemplateExpression(node)) ts.forEachChild(node, visit);
    else if (ts.isTemplateExpression(node.template)) node.template.templateSpans.forEach(visit);
  }
  visit(file);
  facts.exportedNames = file.statements.flatMap(exportedFunctions);
  return facts;
}

/** `process.env`, and `env` taken out of process. */
function isProcessEnv(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node))
    return node.name.text === 'env' && node.expression.getText() === 'process';
  if (!ts.isImportSpecifier(node) || (node.propertyName ?? node.name).text !== 'env') return false;
  const { moduleSpecifier } = node.parent.parent.parent;
  return ts.isStringLiteral(moduleSpecifier) && /^(node:)?process$/.test(moduleSpecifier.text);
}

function isSql(node: ts.Node): boolean {
  if (ts.isTaggedTemplateExpression(node)) return /^sql\b/.test(node.tag.getText());
  if (ts.isPropertyAccessExpression(node)) return QUERY_BUILDER.includes(node.name.text);
  if (!ts.isStringLiteralLike(node) && !ts.isTemplateHead(node)) return false;
  const statement = /^\s*[A-Z]+\s/.test(node.text) ? node.text.toLowerCase() : node.text;
  return STATEMENT.test(statement) && statement.trim() !== PROBE;
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === 'default';
  return node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent);
}

function exportedFunctions(statement: ts.Statement): string[] {
  if (!ts.isFunctionDeclaration(statement) || statement.name === undefined) return [];
  const modifiers = statement.modifiers?.map(({ kind }) => kind) ?? [];
  return modifiers.includes(ts.SyntaxKind.ExportKeyword) ? [statement.name.text] : [];
}
