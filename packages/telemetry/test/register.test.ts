/** The SDK is started as a module is loaded, so the process is another one. */
import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const register = new URL('../src/register.ts', import.meta.url).href;
const start = (env: Record<string, string>) =>
  promisify(execFile)(process.execPath, ['--import', register, '--eval', ''], {
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', ...env },
  });

test.each(['http/protobuf', 'http/json'])(
  '%s is a protocol that spans can be sent by',
  async (protocol) => {
    await expect(start({ OTEL_EXPORTER_OTLP_PROTOCOL: protocol })).resolves.toBeDefined();
  },
);

test('a variable that is set to nothing is as good as not set', async () => {
  const nothing = {
    OTEL_EXPORTER_OTLP_PROTOCOL: '',
    OTEL_TRACES_SAMPLER: '',
    OTEL_BSP_SCHEDULE_DELAY: '',
  };
  await expect(start(nothing)).resolves.toBeDefined();
});

test('a protocol that nobody here speaks is refused at the start', async () => {
  await expect(start({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).rejects.toThrow(
    'OTEL_EXPORTER_OTLP_PROTOCOL is grpc: it can be http/protobuf or http/json',
  );
});
