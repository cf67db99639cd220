/** One service: rate, errors and duration of what it is asked (RED), and what it needs for that. */
import type { Dashboard } from './form.ts';

const REQUESTS = 'http_request_duration_seconds_count{service="$service"';
const BUCKETS = 'http_request_duration_seconds_bucket{service="$service"}';

export const service: Dashboard = {
  uid: 'waymark-service',
  title: 'one service',
  perService: true,
  rows: {
    'Rate, errors, duration': [
      {
        title: 'Requests',
        read: 'By route, as the service declares it; a route that falls silent may be cut off before it gets here. Payments speaks events alone, and has none.',
        unit: 'reqps',
        queries: {
          '{{method}} {{route}}': `sum by (method, route) (rate(${REQUESTS}}[$__rate_interval]))`,
        },
      },
      {
        title: 'Failed requests',
        read: 'The part of the requests of each route that ended in 5xx; a single route points to its code, and all of them to the database or the process.',
        unit: 'percentunit',
        queries: {
          '{{route}}': `(
  sum by (route) (rate(${REQUESTS}, status="5xx"}[$__rate_interval]))
  or 0 * sum by (route) (rate(${REQUESTS}}[$__rate_interval]))
) / sum by (route) (rate(${REQUESTS}}[$__rate_interval]))`,
        },
      },
      {
        title: 'Duration',
        read: 'p50 is the usual request and p99 the slowest of a hundred; a p99 that leaves a still p50 means waiting for locks, connections or garbage collection. A point leads to a trace.',
        unit: 's',
        queries: {
          p50: `histogram_quantile(0.5, sum by (le) (rate(${BUCKETS}[$__rate_interval])))`,
          p95: `histogram_quantile(0.95, sum by (le) (rate(${BUCKETS}[$__rate_interval])))`,
          p99: `histogram_quantile(0.99, sum by (le) (rate(${BUCKETS}[$__rate_interval])))`,
        },
        exemplars: true,
      },
    ],
    Resources: [
      {
        title: 'Processor',
        read: 'Cores in use; JavaScript runs on one, so close to 1 the service is at its end, whatever the machine has.',
        unit: 'short',
        queries: {
          '{{instance}}': 'rate(process_cpu_seconds_total{service="$service"}[$__rate_interval])',
        },
      },
      {
        title: 'Memory',
        read: 'What the process holds of the machine; it rises after the start and then levels off, and a line that climbs for hours is a leak.',
        unit: 'bytes',
        queries: { '{{instance}}': 'process_resident_memory_bytes{service="$service"}' },
      },
      {
        title: 'Event loop delay',
        read: 'How late timers came, for the worst of a hundred; 25 ms is idle, and above 100 ms something long runs without a pause.',
        unit: 's',
        queries: { '{{instance}}': 'nodejs_eventloop_lag_p99_seconds{service="$service"}' },
      },
    ],
    'Database and life': [
      {
        title: 'Connections to its database',
        read: 'In use, of 10 at most; a waiting that stays above 0 means that the pool is the bottleneck, or the queries are. The gateway has no database.',
        unit: 'short',
        queries: {
          'in use':
            'pg_pool_connections{service="$service"} - pg_pool_idle_connections{service="$service"}',
          waiting: 'pg_pool_waiting{service="$service"}',
        },
      },
      {
        title: 'Running since',
        read: 'A line that rises with the time; a fall to 0 is a restart, and its log says why.',
        unit: 's',
        queries: { '{{instance}}': 'time() - process_start_time_seconds{service="$service"}' },
      },
    ],
  },
};
