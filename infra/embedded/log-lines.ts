/**
 * What the services log: all of it into one file each, and warnings to the terminal in a form for people,
 * with the service's name before it.
 */
import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import path from 'node:path';

const MAX_BYTES = 20 * 1024 * 1024;
const COLUMN = 13;
const REPEAT_MS = 5000;

export interface LogLines {
  /** A line that `service` has printed. */
  take(service: string, line: string): void;
  close(): void;
}

export function createLogLines(directory: string, show: (line: string) => void): LogLines {
  const folder = path.join(directory, 'logs');
  mkdirSync(folder, { recursive: true });
  const shownAt = new Map<string, number>();
  const files = new Map<string, { stream: WriteStream; bytes: number }>();

  function fileOf(service: string) {
    const name = path.join(folder, `${service}.log`);
    const known = files.get(service);
    if (known !== undefined && known.bytes < MAX_BYTES) return known;
    known?.stream.end();
    if (known !== undefined) renameSync(name, `${name}.1`);
    const bytes = statSync(name, { throwIfNoEntry: false })?.size ?? 0;
    const stream = createWriteStream(name, { flags: 'a' });
    // A full disk costs lines, and not the platform.
    stream.on('error', (error) => {
      show(`${service}: cannot write its log (${error.message})`);
    });
    const file = { stream, bytes };
    files.set(service, file);
    return file;
  }

  /** Whether the same was shown a moment ago; a dead dependency makes hundreds of one line. */
  function isRepeated(text: string): boolean {
    const now = performance.now();
    const before = shownAt.get(text) ?? -Infinity;
    if (shownAt.size > 1000) shownAt.clear();
    if (now - before < REPEAT_MS) return true;
    shownAt.set(text, now);
    return false;
  }

  return {
    take(service, line) {
      const file = fileOf(service);
      file.bytes += line.length + 1;
      file.stream.write(`${line}\n`);
      const text = forPeople(line);
      if (text !== undefined && !isRepeated(`${service} ${text}`))
        show(`${service.padEnd(COLUMN)} | ${text}`);
    },
    close() {
      for (const { stream } of files.values()) stream.end();
    },
  };
}

/** Undefined for what is not worth interrupting somebody. */
function forPeople(line: string): string | undefined {
  const entry = parse(line);
  if (entry === undefined) return line;
  if (!['warn', 'error', 'fatal'].includes(entry.level)) return undefined;
  const reason = entry.err?.message === undefined ? '' : ` (${entry.err.message})`;
  return `${entry.level}: ${entry.msg}${reason}`;
}

interface Entry {
  level: string;
  msg: string;
  err?: { message?: string };
}

function parse(line: string): Entry | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'level' in entry
      ? (entry as Entry)
      : undefined;
  } catch {
    return undefined;
  }
}
