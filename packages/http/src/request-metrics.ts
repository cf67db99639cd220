/** Rate, errors and duration of every route, from one histogram. */
import { createHistogram } from '@waymark/telemetry/histogram.ts';
import type { Metrics } from '@waymark/telemetry/metrics.ts';
import type { FastifyRequest } from 'fastify';
import type { Server } from './server-type.ts';

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function measureRequests(server: Server, metrics: Metrics): void {
  const duration = createHistogram(metrics, {
    name: 'http_request_duration_seconds',
    help: 'From the arrival of the headers to the end of the answer',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_SECONDS,
  });
  server.addHook('onResponse', (request, reply, done) => {
    const status = `${String(Math.floor(reply.statusCode / 100))}xx`;
    duration.observe(
      { method: request.method, route: routeOf(request), status },
      reply.elapsedTime / 1000,
    );
    done();
  });
}

/** The pattern, such as /v1/orders/:id. Addresses that nothing lives at share one name, however many are tried. */
export function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unknown';
}
