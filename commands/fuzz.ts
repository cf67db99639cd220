/**
 * `npm run fuzz` starts a platform of its own, without rate limits, and lets Schemathesis ask every operation of the
 * OpenAPI document for all kinds of things, with tokens, well formed and not. It exits with 1 where an answer was a
 * server error or is not what the document says, and with 2 where there is no Schemathesis. How it goes about it is
 * in tools/fuzz.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startComposeStage } from './lib/chaos-compose.ts';
import { startEmbeddedStage } from './lib/chaos-embedded.ts';
import type { Stage } from './lib/chaos-stage.ts';
import { placeOf } from './lib/on-compose.ts';
import { runCommand } from './lib/running.ts';

const fileOf = (name: string) => fileURLToPath(new URL(`../tools/fuzz/${name}`, import.meta.url));
const say = (line: string) => void process.stdout.write(`${line}\n`);

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      examples: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
      on: { type: 'string', default: 'embedded' },
    },
  });
  const place = placeOf(values.on);
  const program = findSchemathesis();
  if (program === undefined) {
    say('there is no Schemathesis here; get it with: pipx install schemathesis');
    return 2;
  }
  say(`fuzz: ${values.examples} examples an operation, seed ${values.seed}, ${values.on}`);
  const extra = { RATE_LIMIT_SCALE: '0' };
  const stage = await (place === 'compose'
    ? startComposeStage(say)
    : startEmbeddedStage({ say, extra }));
  let passed = false;
  try {
    passed = await fuzz(stage, { ...values, program });
  } finally {
    const kept = await stage.end({ keep: !passed });
    if (!passed) say(`FAILED with seed ${values.seed}; ${kept}`);
  }
  return passed ? 0 : 1;
});

/** What to call, with its first arguments. */
function findSchemathesis(): string[] | undefined {
  const ways = [['schemathesis'], ['uvx', 'schemathesis'], ['pipx', 'run', 'schemathesis']];
  return ways.find(([command = '', ...args]) => {
    const asked = spawnSync(command, [...args, '--version'], { timeout: 120_000 });
    return asked.status === 0;
  });
}

interface Run {
  program: string[];
  examples: string;
  seed: string;
}

async function fuzz({ gatewayUrl, clients }: Stage, run: Run): Promise<boolean> {
  const { program, examples, seed } = run;
  // Here it keeps what it needs to repeat a request.
  const cwd = await mkdtemp(path.join(tmpdir(), 'waymark-fuzz-'));
  const [command = '', ...first] = program;
  const args = [
    ...[...first, '--config-file', fileOf('schemathesis.toml')],
    ...['run', `${gatewayUrl}/docs/openapi.json`, '--url', gatewayUrl],
    ...['--max-examples', examples, '--seed', seed],
  ];
  const env = {
    ...process.env,
    SCHEMATHESIS_HOOKS: fileOf('hooks.py'),
    FUZZ_URL: gatewayUrl,
    FUZZ_CLIENTS: JSON.stringify(clients),
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code === 0) await rm(cwd, { recursive: true });
  else say(`what it sent is kept in ${cwd}`);
  return code === 0;
}
