/** The processes side by side: what makes one slow although nobody asks more of it. */
import type { Dashboard } from './form.ts';

export const runtime: Dashboard = {
  uid: 'waymark-runtime',
  title: 'runtime',
  rows: {
    'Event loop': [
      {
        title: 'Delay, the worst of a hundred',
        read: '25 ms is the resolution of the measurement and means idle; above 100 ms every request of that process waits for somebody else.',
        unit: 's',
        queries: { '{{service}}': 'max by (service) (nodejs_eventloop_lag_p99_seconds)' },
      },
      {
        title: 'Delay, half of all',
        read: 'It stays at 25 ms even under load; if it rises too, the process has more to do than one core can.',
        unit: 's',
        queries: { '{{service}}': 'max by (service) (nodejs_eventloop_lag_p50_seconds)' },
      },
      {
        title: 'Processor',
        read: 'Cores in use; one is all that JavaScript can use, and what is above is garbage collection and the thread pool.',
        unit: 'short',
        queries: {
          '{{service}}': 'max by (service) (rate(process_cpu_seconds_total[$__rate_interval]))',
        },
      },
    ],
    Memory: [
      {
        title: 'Heap in use',
        read: 'A saw: it rises, and each collection takes it down; watch the low points, for if they rise from hour to hour, something is kept.',
        unit: 'bytes',
        queries: { '{{service}}': 'max by (service) (nodejs_heap_size_used_bytes)' },
      },
      {
        title: 'Resident memory',
        read: 'What the machine or the container counts, heap and all else; the limit of a container must be well above it.',
        unit: 'bytes',
        queries: { '{{service}}': 'max by (service) (process_resident_memory_bytes)' },
      },
      {
        title: 'Time in garbage collection',
        read: 'Seconds a second; a few hundredths are usual, and above a tenth the heap is too small or too much is made and thrown away.',
        unit: 'percentunit',
        queries: {
          '{{service}}':
            'sum by (service) (rate(nodejs_gc_duration_seconds_sum[$__rate_interval]))',
        },
      },
    ],
    'Pools and handles': [
      {
        title: 'Database connections in use',
        read: 'Of 10 for each process; at 10 for long, queries wait, as the panel beside it shows.',
        unit: 'short',
        queries: {
          '{{service}}': 'max by (service) (pg_pool_connections - pg_pool_idle_connections)',
        },
      },
      {
        title: 'Queries that wait for a connection',
        read: '0, or a spike in a burst; where it stays above, look for a slow query before making the pool larger.',
        unit: 'short',
        queries: { '{{service}}': 'max by (service) (pg_pool_waiting)' },
      },
      {
        title: 'Open sockets and timers',
        read: 'It follows the number of clients and open streams; a line that rises without them is something that is never closed.',
        unit: 'short',
        queries: { '{{service}}': 'max by (service) (nodejs_active_resources_total)' },
      },
      {
        title: 'Values that could not be read',
        read: '0; otherwise lines of outbox, lag or orders have gaps just now, mostly because a database is away.',
        unit: 'ops',
        queries: {
          '{{service}}': 'sum by (service) (rate(metrics_read_errors_total[$__rate_interval]))',
        },
      },
    ],
  },
};
