/**
 * Holds the commands that the documentation cites to those that there are: `npm run X` is a script of
 * package.json, and a flag is one that the script's file asks parseArgs for. A flag belongs to the last command
 * before it in its paragraph, so that a table may say "`npm start`, `-- --fresh` forgets all data".
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { readDocuments } from './documents.ts';

/** One of our commands, a flag, or a program whose flags are none of ours. */
const WORDS =
  /\bnpm (?:run (?:--silent )?(?<script>[\w-]+)|(?<short>start|test)\b)|(?<![\w-])--(?<flag>[a-z][a-z-]*)|\b(?<other>curl|docker|git|kubectl|node|npm|npx|pnpm)\b/g;

/** One line for each command or flag that there is not. */
export function checkCommands(root: string): string[] {
  const scripts = readScripts(root);
  return readDocuments(root).flatMap(({ file, text }) =>
    text
      .split(/\n\s*\n/)
      .flatMap((paragraph) => complaintsAbout(paragraph, scripts))
      .map((complaint) => `${file}: ${complaint}`),
  );
}

/** The flags of each script; undefined where the script is not our own program. */
type Scripts = Map<string, Set<string> | undefined>;

function complaintsAbout(paragraph: string, scripts: Scripts): string[] {
  const complaints: string[] = [];
  let command: string | undefined;
  for (const { groups = {} } of paragraph.matchAll(WORDS)) {
    const { script, short, flag, other } = groups;
    if (flag === undefined) {
      command = other === undefined ? (script ?? short) : undefined;
      if (command !== undefined && !scripts.has(command))
        complaints.push(`npm run ${command}: is no script of package.json`);
    } else if (command !== undefined && scripts.get(command)?.has(flag) === false) {
      complaints.push(`npm run ${command}: does not know --${flag}`);
    }
  }
  return complaints;
}

function readScripts(root: string): Scripts {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return new Map(
    Object.entries(manifest.scripts).map(([name, line]) => {
      const file = line.split(' ').findLast((word) => word.endsWith('.ts')) ?? '';
      const source = path.join(root, file);
      const isOurs = file !== '' && existsSync(source);
      return [name, isOurs ? flagsOf(readFileSync(source, 'utf8')) : undefined];
    }),
  );
}

/** The names in `parseArgs({ options: { name: … } })`. */
function flagsOf(text: string): Set<string> {
  const flags = new Set<string>();
  const file = ts.createSourceFile('command.ts', text, ts.ScriptTarget.Latest, true);
  function visit(node: ts.Node): void {
    if (ts.isCallExpression(node) && node.expression.getText() === 'parseArgs') {
      const [config] = node.arguments;
      for (const name of membersOf(membersOf(config).get('options')).keys()) flags.add(name);
    }
    ts.forEachChild(node, visit);
  }
  visit(file);
  return flags;
}

function membersOf(node: ts.Node | undefined): Map<string, ts.Node> {
  if (node === undefined || !ts.isObjectLiteralExpression(node)) return new Map();
  const members = node.properties.filter(ts.isPropertyAssignment);
  return new Map(
    members.map(({ name, initializer }) => [name.getText().replaceAll("'", ''), initializer]),
  );
}
