/**
 * A Prometheus of its own for a test file, which reaches what listens on this machine's loopback, as the services'
 * operations ports do. It keeps exemplars, as the one of docker-compose.yml does.
 */
import { freePort } from '@waymark/lifecycle/free-port.ts';
import { GenericContainer, Wait } from 'testcontainers';

interface Series {
  metric: Record<string, string>;
  value: [number, string];
}

export interface PrometheusContainer {
  url: string;
  /** Asks the HTTP API; throws what it complains of. */
  ask<Answer>(path: string, query?: Record<string, string>): Promise<Answer>;
  /** The series that hold a number now. */
  query(expr: string): Promise<Series[]>;
  stop(): Promise<void>;
}

export const prometheusImage = 'prom/prometheus:v3.16.0';

/** `config` is prometheus.yml; `rules` is a directory, which is at /etc/prometheus/rules for it. */
export async function startPrometheus(config: string, rules: string): Promise<PrometheusContainer> {
  const port = await freePort();
  const container = await new GenericContainer(prometheusImage)
    .withNetworkMode('host')
    .withCopyContentToContainer([{ content: config, target: '/etc/prometheus/prometheus.yml' }])
    .withCopyDirectoriesToContainer([{ source: rules, target: '/etc/prometheus/rules' }])
    .withCommand([
      '--config.file=/etc/prometheus/prometheus.yml',
      '--storage.tsdb.path=/prometheus',
      '--enable-feature=exemplar-storage',
      `--web.listen-address=127.0.0.1:${String(port)}`,
    ])
    .withWaitStrategy(Wait.forLogMessage('Server is ready to receive web requests'))
    .start();
  const url = `http://127.0.0.1:${String(port)}`;

  async function ask<Answer>(path: string, query: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${url}/api/v1/${path}?${String(new URLSearchParams(query))}`);
    const answer = (await response.json()) as { data: Answer; error?: string };
    if (answer.error !== undefined) throw new Error(`${answer.error} in ${query.query ?? path}`);
    return answer.data;
  }

  return {
    url,
    ask,
    async query(expr) {
      const { result } = await ask<{ result: Series[] }>('query', { query: expr });
      return result.filter(({ value: [, value] }) => value !== 'NaN');
    },
    async stop() {
      await container.stop();
    },
  };
}
