/**
 * Prometheus metrics of one process. A registry is made per app and handed down, so that two apps
 * in one test process do not share counters.
 */
import { Registry, collectDefaultMetrics } from 'prom-client';

export type Metrics = Registry;

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  return registry;
}

/** Event loop, heap and CPU of the process. Once per process: it installs observers. */
export function observeProcess(metrics: Metrics): void {
  collectDefaultMetrics({ register: metrics });
}
