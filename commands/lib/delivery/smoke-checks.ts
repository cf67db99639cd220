/**
 * What must hold from outside the moment after a deployment: the door opens, the catalogue answers, tokens could be
 * had, and who has none is refused. Each check is a sentence and what it asks; all run, so that one look shows all
 * that is broken. None needs a credential or leaves anything behind.
 */

export interface Finding {
  rule: string;
  /** Undefined where the rule holds. */
  complaint: string | undefined;
}

const REQUEST_MS = 10_000;

export async function smoke(url: string): Promise<Finding[]> {
  const rules = Object.entries(checks).map(async ([rule, check]) => {
    const complaint = await check((path, init) => ask(url, path, init)).catch(
      (error: unknown) => `no answer: ${String(error)}`,
    );
    return { rule, complaint };
  });
  return Promise.all(rules);
}

interface Answer {
  status: number;
  type: string;
  json: Record<string, unknown>;
}

type Ask = (path: string, init?: RequestInit) => Promise<Answer>;

const checks: Record<string, (ask: Ask) => Promise<string | undefined>> = {
  'the catalogue has products': async (ask) => {
    const { status, json } = await ask('/v1/products?limit=1');
    const [first] = (json.items ?? []) as { id?: string }[];
    if (status !== 200 || first?.id === undefined) return `a list of none, with ${String(status)}`;
    const product = await ask(`/v1/products/${first.id}`);
    return product.json.id === first.id ? undefined : `${first.id} is ${String(product.status)}`;
  },

  'an order without a token is refused as a problem': async (ask) => {
    const { status, type } = await ask('/v1/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'smoke' },
      body: '{}',
    });
    if (status === 401 && type.startsWith('application/problem+json')) return undefined;
    return `${String(status)} with ${type}`;
  },

  'tokens can be had, and checked': async (ask) => {
    const discovery = await ask('/identity/.well-known/openid-configuration');
    if (typeof discovery.json.token_endpoint !== 'string') return 'no token endpoint';
    const { json } = await ask('/identity/jwks');
    return Array.isArray(json.keys) && json.keys.length > 0 ? undefined : 'no keys';
  },

  'the operations port is not behind the door': async (ask) => {
    const statuses = await Promise.all(
      ['/metrics', '/readyz', '/livez'].map(async (path) => (await ask(path)).status),
    );
    return statuses.every((status) => status === 404) ? undefined : statuses.join(', ');
  },
};

async function ask(url: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const signal = AbortSignal.timeout(REQUEST_MS);
  const response = await fetch(new URL(path, url), { ...init, signal, redirect: 'manual' });
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  const json = type.includes('json') ? (JSON.parse(text) as Answer['json']) : {};
  return { status: response.status, type, json };
}
