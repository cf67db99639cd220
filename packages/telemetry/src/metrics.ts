/**
 * Prometheus metrics of one process. A registry is made per app and handed down, so that two apps
 * in one test process do not share counters. Labels take their values from lists that we know (routes, event
 * types, states), never from what a caller sends: each new value is a series that is kept for ever.
 */
import {
  Counter,
  Gauge,
  Registry,
  collectDefaultMetrics,
  type OpenMetricsContentType,
} from 'prom-client';

export const openMetricsContentType = Registry.OPENMETRICS_CONTENT_TYPE;

export interface Metrics extends Registry {
  /** The same in the format that can hold exemplars: https://prometheus.io/docs/specs/om/open_metrics_spec/ */
  openMetrics(): Promise<string>;
}

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  return Object.assign(registry, {
    openMetrics() {
      const view = new Registry<OpenMetricsContentType>();
      view.setContentType(openMetricsContentType);
      view.setDefaultLabels({ service });
      for (const { name } of registry.getMetricsAsArray()) {
        const metric = registry.getSingleMetric(name);
        // In this format prom-client takes `_total` off a counter's name, and would take it off for the other too.
        if (metric instanceof Counter) view.registerMetric(Object.create(metric) as Counter);
        else if (metric !== undefined) view.registerMetric(metric);
      }
      return view.metrics();
    },
  });
}

/** Event loop, heap and CPU of the process. Once per process: it installs observers. */
export function observeProcess(metrics: Metrics): void {
  // A timer that is late tells of the event loop. At the usual 10 ms it was half of what an idle service takes.
  collectDefaultMetrics({ register: metrics, eventLoopMonitoringPrecision: 25 });
}

export interface Reading {
  labels?: Record<string, string>;
  value: number;
}

export interface ReadGauge {
  name: string;
  help: string;
  labelNames?: string[];
  /** Asked at each scrape; it must be cheap however much there is to count. */
  read(): Promise<Reading[]>;
}

const READ_TIMEOUT_MS = 1000;

/**
 * A gauge that asks at each scrape. Where the answer fails or is late, its series is absent and
 * `metrics_read_errors_total` counts it: a scrape that failed with the database would hide all the other series
 * just when they are wanted, and a zero or the last value would be a lie.
 */
export function readAtScrape(metrics: Metrics, { read, labelNames = [], ...gauge }: ReadGauge) {
  const errors = readErrors(metrics);
  errors.inc({ metric: gauge.name }, 0);
  const series = new Gauge({
    ...gauge,
    labelNames,
    registers: [metrics],
    async collect() {
      const readings = await inTime(read()).catch(() => undefined);
      this.reset();
      // A reset gauge without labels stands at zero.
      this.remove({});
      if (readings === undefined) errors.inc({ metric: gauge.name });
      for (const { labels = {}, value } of readings ?? []) this.set(labels, value);
    },
  });
  series.remove({});
}

function readErrors(metrics: Metrics): Counter {
  const name = 'metrics_read_errors_total';
  const known = metrics.getSingleMetric(name);
  if (known instanceof Counter) return known;
  const help = 'Values that could not be read at a scrape';
  return new Counter({ name, help, labelNames: ['metric'], registers: [metrics] });
}

async function inTime<T>(reading: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${String(READ_TIMEOUT_MS)} ms`));
    }, READ_TIMEOUT_MS);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}
