/** Addresses that lead out of where they begin, and addresses and headers that want to be headers of the answer. */
import type { Answer, Request } from './ask.ts';
import { describe, honest, type Attack, type Family } from './attack.ts';

export const addresses: Family = {
  name: 'addresses',
  async prepare(target) {
    const product = await target.askAs('bob', { path: '/v1/products/alloy-cookset-for-four' });
    honest('everybody sees a product', product.status === 200, product);
    const page = await target.ask({ path: '/v1/products?limit=1&search=tent' });
    const next = page.headers.link ?? '';
    honest('a page links to the next, with what was asked', String(next).includes('search=tent'));
    return [...walks(), ...reflected()];
  },
};

/** Paths that another server on the way would read in another way, and headers within a path. */
function walks(): Attack[] {
  const paths: Record<string, string> = {
    'dots out of a collection': '/v1/products/../orders',
    'dots in percent signs': '/v1/products/%2e%2e/orders',
    'a slash in percent signs': '/v1/products/..%2forders',
    'percent signs in percent signs': '/v1/products/%252e%252e%252forders',
    'overlong UTF-8': '/v1/products/%c0%ae%c0%ae/orders',
    'a backslash': '/v1/products/..\\orders',
    'two slashes': '//v1/orders',
    'a parameter in a path': '/v1/products/..;/orders',
    'a file of the machine': '/docs/../../../../etc/passwd',
    'a file of the machine in percent signs': '/docs/..%2f..%2f..%2f..%2fetc%2fpasswd',
    'a file of the project': '/docs/%2e%2e/package.json',
    'a NUL in a path': '/v1/products/alloy-cookset-for-four%00.json',
    'an absolute address': 'http://evil.example/v1/products',
    'the metrics': '/metrics',
    'the health of a service': '/readyz',
    'the internals of the processor': '/v1/charges',
    'the keys of the server': '/identity/../secrets.json',
    'a header in a path': '/v1/products/a%0d%0aset-cookie:%20evil=1',
  };
  return Object.entries(paths).map(([name, path]): Attack => ({
    name,
    async run(target) {
      const answer = await target.askAs('bob', { path });
      const told = /root:|"private"|postgres:|process_cpu/.test(answer.text);
      const refused = [400, 404].includes(answer.status) && !told && isUntouched(answer);
      return { refused, answer: describe(answer) };
    },
  }));
}

/** Line ends in what comes back in a header of the answer. */
function reflected(): Attack[] {
  const crlf = '%0d%0aset-cookie:%20evil=1%0d%0a%0d%0a';
  const requests: Record<string, Request> = {
    'a header in the link to the next page': { path: `/v1/products?limit=1&category=${crlf}` },
    'a header in a search': { path: `/v1/products?limit=1&search=tent${crlf}` },
    'a header in the state of a sign-in': {
      path: `/identity/auth?client_id=shop-web&state=${crlf}`,
    },
    'a header in a trace': {
      path: '/v1/products?limit=1',
      headers: { traceparent: '00-evil\tset-cookie: evil=1' },
    },
  };
  return Object.entries(requests).map(([name, request]) => ({
    name,
    async run({ ask }) {
      const answer = await ask(request);
      return { refused: answer.status < 500 && isUntouched(answer), answer: describe(answer) };
    },
  }));
}

function isUntouched({ headers }: Answer): boolean {
  return !JSON.stringify(headers['set-cookie'] ?? []).includes('evil');
}
