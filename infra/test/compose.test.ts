/**
 * The platform of docker-compose.yml, brought up under a name and on ports of its own. What the file promises is read
 * from what Compose makes of it, and what it does from outside, through the ports that it publishes.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { describeWithDocker } from '@waymark/testing/docker.ts';
import { eventually } from '@waymark/testing/eventually.ts';
import { randomUUID } from 'node:crypto';
import { docker } from '../../commands/lib/docker.ts';
import { serviceNames } from '../embedded/names.ts';

const project = `waymark-test-${randomUUID().slice(0, 8)}`;
const UP_SECONDS = 150;

/** The published ports, by the service and the variable that moves each. */
const published = {
  gateway: 'GATEWAY_PORT',
  jaeger: 'JAEGER_PORT',
  prometheus: 'PROMETHEUS_PORT',
  grafana: 'GRAFANA_PORT',
  rabbitmq: 'RABBITMQ_PORT',
};

interface Service {
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  mem_limit?: string;
  security_opt?: string[];
  ports?: { host_ip: string; published: string }[];
}

let ports: Record<string, string> = {};

const compose = (...words: string[]) =>
  docker(['compose', '--project-name', project, ...words], ports);

/** What a command of ours prints, run beside the services. */
const run = (...words: string[]) =>
  compose('run', '--rm', '--no-TTY', '--no-deps', 'tools', 'node', ...words);

async function readServices(): Promise<Record<string, Service>> {
  const config = await compose('--profile', 'tools', 'config', '--format', 'json');
  return (JSON.parse(config) as { services: Record<string, Service> }).services;
}

describeWithDocker('docker-compose.yml', () => {
  beforeAll(async () => {
    const chosen = Object.values(published).map(
      async (name) => [name, String(await freePort())] as const,
    );
    ports = Object.fromEntries(await Promise.all(chosen));
    await compose('build', 'tools', ...serviceNames);
    await compose('up', '--detach', '--wait', '--wait-timeout', String(UP_SECONDS));
  }, 400_000);

  afterAll(async () => {
    await compose('--profile', 'tools', 'down', '--volumes', '--timeout', '3');
  }, 60_000);

  test('an order becomes confirmed, with Kafka, Redis, RabbitMQ and mutual TLS between', async () => {
    expect(await run('commands/order.ts')).toMatch(/order-confirmed -> confirmed/);
  }, 60_000);

  test('Prometheus finds every service, and Jaeger is sent their traces', async () => {
    const json = async (name: string, path: string) => {
      const answer = await fetch(`http://127.0.0.1:${ports[name] ?? ''}${path}`);
      return (await answer.json()) as { data: unknown };
    };
    await eventually(async () => {
      const { data } = await json('PROMETHEUS_PORT', '/api/v1/query?query=up%3D%3D1');
      const { result } = data as { result: { metric: { service: string } }[] };
      expect(result.map(({ metric }) => metric.service).sort()).toEqual([...serviceNames].sort());
      expect((await json('JAEGER_PORT', '/api/services')).data).toEqual(
        expect.arrayContaining(['gateway', 'orders', 'payments', 'psp']),
      );
    }, 30_000);
  }, 60_000);

  test('only the gateway and the pages for people are published, on this machine alone', async () => {
    const services = Object.entries(await readServices());
    const found = services.filter(([, { ports }]) => ports !== undefined);
    expect(found.map(([name]) => name).sort()).toEqual(Object.keys(published).sort());
    for (const [, { ports = [] }] of found) expect(ports).toMatchObject([{ host_ip: '127.0.0.1' }]);
  });

  test('every container is confined: no new rights, nothing to write to, a bound to its memory', async () => {
    for (const [name, service] of Object.entries(await readServices()))
      expect({ name, ...service }).toMatchObject({
        name,
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        mem_limit: expect.stringMatching(/^\d+$/),
      });
  });

  test('no container runs as root', async () => {
    const ids = (await compose('ps', '--all', '--quiet')).trim().split('\n');
    const users = await docker(['inspect', '--format', '{{.Name}} user={{.Config.User}}', ...ids]);
    expect(ids.length).toBeGreaterThan(serviceNames.length);
    expect(users.split('\n').filter((line) => /user=(root|0)?(:.*)?$/.test(line))).toEqual([]);
  });

  test('what Compose knows holds no secret, and a service sees its own alone', async () => {
    const print = `for (const file of ['orders', 'payments', 'platform'])
      console.log(require('node:fs').existsSync('/run/secrets/' + file));
      console.log(require('node:fs').readdirSync('/run/secrets').join(' '))`;
    const seen = await compose('exec', '--no-TTY', 'orders', 'node', '-e', print);
    expect(seen).toBe(
      'false\nfalse\nfalse\nDATABASE_URL EVENT_LOG_URL KEY_ENCRYPTION_KEYS TLS_CA TLS_CERT TLS_KEY\n',
    );
    const url = await compose('exec', '--no-TTY', 'orders', 'cat', '/run/secrets/DATABASE_URL');
    const { password } = new URL(url);
    expect(password).toHaveLength(32);
    expect(await compose('--profile', 'tools', 'config')).not.toContain(password);
    const ids = (await compose('ps', '--all', '--quiet')).trim().split('\n');
    expect(await docker(['inspect', ...ids])).not.toContain(password);
  });

  test('a service without the right certificate is turned away', async () => {
    const ask = (tls: string) => `
      const { readFileSync } = require('node:fs');
      const read = (name) => readFileSync('/run/secrets/TLS_' + name);
      const print = (what) => { console.log(what); process.exit() };
      require('node:https')
        .get('https://orders:8080/v1/orders', ${tls}, (answer) => print(answer.statusCode))
        .on('error', (error) => print(error.code))`;
    const bare = await run('-e', ask('{ rejectUnauthorized: false }'));
    expect(bare).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED\n');
    const own = ask(`{ cert: read('CERT'), key: read('KEY'), ca: read('CA') }`);
    expect(await compose('exec', '--no-TTY', 'psp', 'node', '-e', own)).toBe('403\n');
  }, 60_000);

  test('it drains within the 10 s that a container platform grants', async () => {
    const started = performance.now();
    await compose('stop', 'gateway', 'orders', 'notifications');
    expect(performance.now() - started).toBeLessThan(10_000);
    const ids = await compose('ps', '--all', '--quiet', 'gateway', 'orders', 'notifications');
    const codes = await docker([
      'inspect',
      '--format',
      '{{.State.ExitCode}}',
      ...ids.trim().split('\n'),
    ]);
    expect(codes.trim().split('\n')).toEqual(['0', '0', '0']);
  }, 60_000);
});
