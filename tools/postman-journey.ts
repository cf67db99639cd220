/**
 * The written folder of the Postman collection: what a client does with an order from end to end, each request with
 * what must come of it. It runs from top to bottom under Postman and under newman.
 */

interface Request {
  method: string;
  path: string;
  auth?: object;
  headers?: Record<string, string>;
  body?: object;
}

interface Step extends Request {
  name: string;
  /** Scripts in Postman's own words, a line each. */
  before?: string[];
  then: string[];
}

const order = {
  lines: [{ productId: 'alloy-cookset-for-four', quantity: 1 }],
  payment: { cardToken: 'tok_approve' },
  shipTo: {
    name: 'Ada Example',
    line1: '12 Harbour Lane',
    city: 'Bergen',
    postalCode: '5003',
    country: 'NO',
  },
};

const place = (cardToken: string, key: string) => ({
  method: 'POST',
  path: '/v1/orders',
  headers: { 'Idempotency-Key': `{{${key}}}` },
  body: { mode: 'raw', raw: JSON.stringify({ ...order, payment: { cardToken } }, null, 2) },
});

const status = (code: number) =>
  `pm.test('answers ${String(code)}', () => pm.response.to.have.status(${String(code)}));`;
const newKey = (name: string) =>
  `pm.collectionVariables.set('${name}', pm.variables.replaceIn('{{$guid}}'));`;
const keep = (name: string) => `pm.collectionVariables.set('${name}', pm.response.json().id);`;
const expectField = (field: string, value: string) =>
  `pm.test('${field} is ${value}', () => pm.expect(pm.response.json().${field}).to.eql('${value}'));`;

const steps: Step[] = [
  {
    name: 'Get a token',
    method: 'POST',
    path: '/identity/token',
    auth: {
      type: 'basic',
      basic: [
        { key: 'username', value: '{{clientId}}', type: 'string' },
        { key: 'password', value: '{{clientSecret}}', type: 'string' },
      ],
    },
    body: {
      mode: 'urlencoded',
      urlencoded: [
        { key: 'grant_type', value: 'client_credentials' },
        { key: 'scope', value: 'orders:read orders:write' },
      ],
    },
    then: [
      status(200),
      `pm.collectionVariables.set('accessToken', pm.response.json().access_token);`,
    ],
  },
  {
    name: 'Place an order',
    ...place('tok_approve', 'orderKey'),
    before: [newKey('orderKey'), `pm.collectionVariables.set('looks', 0);`],
    then: [
      status(201),
      expectField('state', 'placed'),
      `pm.test('Location leads to it', () => pm.response.to.have.header('Location', '/v1/orders/' + pm.response.json().id));`,
      keep('orderId'),
    ],
  },
  {
    name: 'Look until it is confirmed',
    method: 'GET',
    path: '/v1/orders/{{orderId}}',
    // As often as it takes, half a second apart and for half a minute: Postman cannot read a stream that stays open.
    before: [`setTimeout(() => {}, 500);`],
    then: [
      status(200),
      `const looks = Number(pm.collectionVariables.get('looks')) + 1;`,
      `pm.collectionVariables.set('looks', looks);`,
      `if (pm.response.json().state === 'placed' && looks < 60) pm.execution.setNextRequest(pm.info.requestName);`,
      `else pm.test('it is confirmed', () => pm.expect(pm.response.json().state).to.eql('confirmed'));`,
    ],
  },
  {
    name: 'Replay: the same request under the same key',
    ...place('tok_approve', 'orderKey'),
    then: [
      status(201),
      `pm.test('it is the same order', () => pm.expect(pm.response.json().id).to.eql(pm.collectionVariables.get('orderId')));`,
    ],
  },
  {
    name: 'Replay: another request under the same key is refused',
    ...place('tok_slow', 'orderKey'),
    then: [status(422), expectField('code', 'idempotency-key-reused')],
  },
  {
    name: 'Cancel too late',
    method: 'POST',
    path: '/v1/orders/{{orderId}}/cancel',
    then: [status(409), expectField('code', 'already-confirmed')],
  },
  {
    name: 'Place an order with a slow card',
    ...place('tok_slow', 'slowKey'),
    before: [newKey('slowKey')],
    then: [status(201), keep('slowId')],
  },
  {
    name: 'Cancel in time',
    method: 'POST',
    path: '/v1/orders/{{slowId}}/cancel',
    then: [
      status(200),
      expectField('state', 'cancelled'),
      expectField('reason', 'customer-request'),
    ],
  },
];

export function journey(): object {
  return {
    name: 'An order, from end to end',
    description:
      'Token, order, follow, replay, cancel. Set `clientId` and `clientSecret`, and run the folder from top to bottom.',
    item: steps.map(({ name, before = [], then, ...request }) => ({
      name,
      request: requestOf(request),
      event: [script('prerequest', before), script('test', then)],
    })),
  };
}

function requestOf({ method, path, auth, headers = {}, body }: Request): object {
  const isJson = body !== undefined && 'raw' in body;
  const all = { ...headers, ...(isJson ? { 'Content-Type': 'application/json' } : {}) };
  return {
    method,
    url: `{{baseUrl}}${path}`,
    ...(auth === undefined ? {} : { auth }),
    header: Object.entries(all).map(([key, value]) => ({ key, value })),
    ...(body === undefined ? {} : { body }),
  };
}

function script(listen: string, exec: string[]): object {
  return { listen, script: { type: 'text/javascript', exec } };
}
