/** Takes spans as a collector does, by OTLP over HTTP with JSON, and keeps them: https://opentelemetry.io/docs/specs/otlp/ */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface ReceivedSpan {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
}

interface Attribute {
  key: string;
  value: { stringValue?: string };
}

/** The body of a request, as far as it is read here. */
interface Export {
  resourceSpans?: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: Omit<ReceivedSpan, 'service'>[] }[];
  }[];
}

export async function receiveSpans() {
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, answer) => {
    void json(request).then((body) => {
      for (const { resource, scopeSpans } of (body as Export).resourceSpans ?? []) {
        const name = resource.attributes.find(({ key }) => key === 'service.name');
        const service = name?.value.stringValue ?? 'nameless';
        for (const scope of scopeSpans)
          for (const span of scope.spans) spans.push({ ...span, service });
      }
      answer.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    spans,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
