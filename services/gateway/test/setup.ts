/** A gateway that really listens, in front of services that the test plays: here they are the outside. */
import { stopApp } from '@waymark/lifecycle/run-service.ts';
import { openKeyValue } from '@waymark/storage/open.ts';
import { silentLog, type Log } from '@waymark/telemetry/log.ts';
import { createMetrics } from '@waymark/telemetry/metrics.ts';
import { createTestIssuer, type TestIssuer } from '@waymark/testing/issuer.ts';
import { createTokenVerifier } from '@waymark/tokens/verifier.ts';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { buildApp } from '../src/app.ts';
import { readDocsFiles } from '../src/docs.ts';
import { readPersisted } from '../src/graphql/persisted.ts';
import { limits } from '../src/limits.ts';
import type { RateLimitSettings } from '../src/rate-limits.ts';
import type { UpstreamName } from '../src/routing.ts';

/** A request as a service received it. */
export interface Received {
  service: UpstreamName;
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  rawHeaders: string[];
  body: Buffer;
}

export interface Ask {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: Buffer | string;
  /** Sends the body without saying how long it is. */
  chunked?: boolean;
}

export const names: UpstreamName[] = [
  'catalog',
  'orders',
  'inventory',
  'notifications',
  'identity',
];

interface Options {
  deadlineMs?: number;
  arrivalMs?: number;
  /** Without them there are no limits. */
  rateLimits?: RateLimitSettings;
  trustedProxies?: number;
  /** Shared by gateways that take each other's tokens. */
  issuer?: TestIssuer;
  graphqlExplorer?: boolean;
  onlyPersisted?: boolean;
  log?: Log;
}

export async function setup(options: Options = {}) {
  const { deadlineMs = 5000, arrivalMs = 5000, trustedProxies = 0, log = silentLog } = options;
  const { graphqlExplorer = false, onlyPersisted = false } = options;
  const metrics = createMetrics('gateway');
  const received: Received[] = [];
  /** What a service does with a request; without one it answers 200 with its own name. */
  const behaviours: Partial<Record<UpstreamName, RequestListener>> = {};
  const services = await Promise.all(names.map((name) => play(name)));
  const origins = services.map(({ name, origin }) => [name, origin]);
  const issuer = options.issuer ?? (await createTestIssuer());
  const app = buildApp({
    upstreams: Object.fromEntries(origins) as Record<UpstreamName, string>,
    verifier: createTokenVerifier(issuer),
    log,
    metrics,
    rateLimits: options.rateLimits ?? noLimits(),
    trustedProxies,
    docs: await readDocsFiles(),
    graphqlExplorer,
    operations: { persisted: await readPersisted(), only: onlyPersisted },
    deadlineMs,
    arrivalMs,
  });
  await app.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.server.address() as AddressInfo;
  const scopes = 'orders:read orders:write catalog:write inventory:read inventory:write';

  async function play(name: UpstreamName) {
    const server = createServer((incoming, outgoing) => {
      void buffer(incoming).then((body) => {
        const { method, url, headers, rawHeaders } = incoming;
        received.push({ service: name, method, url, headers, rawHeaders, body });
        const behaviour = behaviours[name] ?? ((_, answer) => answer.end(name));
        behaviour(incoming, outgoing);
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const origin = `http://127.0.0.1:${String(port)}`;
    return { name, origin, server };
  }

  return {
    app,
    metrics,
    issuer,
    port,
    received,
    behaviours,
    ada: await issuer.bearer('ada', scopes),
    /** The answer as soon as its headers are there; its body is still to be read. */
    async open(path: string, { method = 'GET', headers = {}, body, chunked }: Ask = {}) {
      const length =
        body === undefined || chunked === true ? {} : { 'content-length': body.length };
      const all = { ...length, ...headers };
      const outgoing = request({
        port,
        host: '127.0.0.1',
        path,
        method,
        headers: all,
        agent: false,
      });
      if (chunked === true) outgoing.write(body);
      outgoing.end(chunked === true ? undefined : body);
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      // A reset in the middle of the answer is reported by the answer too.
      outgoing.on('error', () => undefined);
      return answer;
    },
    async ask(path: string, options: Ask = {}) {
      const answer = await this.open(path, options);
      const text = (await buffer(answer)).toString();
      return { status: answer.statusCode, headers: answer.headers, text };
    },
    /** Bytes as no well-behaved client would send them; resolves to all that came back. */
    async bytes(text: string): Promise<string> {
      const socket = connect(port, '127.0.0.1');
      socket.write(text);
      return (await buffer(socket)).toString();
    },
    async kill(name: UpstreamName) {
      const { server } = services.find((service) => service.name === name) ?? {};
      server?.closeAllConnections();
      await new Promise((resolve) => server?.close(resolve));
    },
    async stop() {
      await stopApp(app);
      for (const { server } of services) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

function noLimits(): RateLimitSettings {
  const url = 'postgres://nobody@127.0.0.1:1/nowhere';
  const keyValue = openKeyValue({ url, client: 'gateway', log: silentLog });
  return { limits, keyValue, scale: 0, waitMs: 50 };
}

export type World = Awaited<ReturnType<typeof setup>>;
