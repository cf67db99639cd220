/**
 * A collector that takes spans and throws them away, by OTLP over HTTP with protobuf, as the SDK sends them
 * where nothing else is said: https://opentelemetry.io/docs/specs/otlp/. It counts them, and tells by GET.
 */
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

let requests = 0;
let spans = 0;

const server = createServer((request, answer) => {
  if (request.method === 'GET') {
    answer.setHeader('content-type', 'application/json').end(JSON.stringify({ requests, spans }));
    return;
  }
  void buffer(request).then((body) => {
    requests += 1;
    spans += countSpans(body, SPAN_PATH);
    // An empty message: all were taken.
    answer.setHeader('content-type', 'application/x-protobuf').end();
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.('ready'));
process.on('disconnect', () => process.exit());

/** ExportTraceServiceRequest.resource_spans (1), ResourceSpans.scope_spans (2), ScopeSpans.spans (2). */
const SPAN_PATH = [1, 2, 2];

/** Counts the fields at the end of the path; all on this level of the schema have a length before them. */
function countSpans(message: Buffer, [wanted, ...deeper]: number[]): number {
  let count = 0;
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    // The last three bits are the wire type.
    const field = varint() >> 3;
    const length = varint();
    const end = at + length;
    if (field === wanted)
      count += deeper.length === 0 ? 1 : countSpans(message.subarray(at, end), deeper);
    at = end;
  }
  return count;
}
