/** The parts of the document that all operations share: the problem document, and the headers of answers. */

/** https://www.rfc-editor.org/rfc/rfc9457 */
export const problem = {
  type: 'object',
  description: 'What was wrong, by RFC 9457. Some errors have more members; their texts name them.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: {
      type: 'string',
      format: 'uri-reference',
      description: 'Leads to the explanation of the code.',
    },
    title: { type: 'string' },
    status: { type: 'integer', description: 'The same as the status of the answer.' },
    code: { type: 'string', description: 'Stable; what a program should look at.' },
    detail: { type: 'string', description: 'For people; it may change.' },
    errors: {
      type: 'array',
      description: 'Where a request does not match its schema, the first ten places.',
      items: {
        type: 'object',
        required: ['in', 'pointer', 'message'],
        properties: {
          in: { type: 'string', description: '`body`, `querystring`, `params` or `headers`.' },
          pointer: {
            type: 'string',
            description:
              'A JSON Pointer (RFC 6901), also to a field or parameter that should not be there.',
          },
          message: { type: 'string' },
        },
      },
    },
  },
};

const text = (description: string, example: string) => ({
  description,
  schema: { type: 'string' },
  example,
});

export const headers = {
  RateLimit: text(
    'What is left of the limit (`r`), and in how many seconds it is whole again (`t`).',
    '"reads";r=199;t=1',
  ),
  'RateLimit-Policy': text('The limit: `q` requests in `w` seconds.', '"reads";q=200;w=20'),
  Deprecation: text(
    'Since when another version should be used (RFC 9745): `@` and seconds since 1970.',
    '@1793491200',
  ),
  Sunset: text('Before this it does not go (RFC 8594).', 'Mon, 01 Nov 2027 00:00:00 GMT'),
  Link: text(
    'By RFC 8288. `rel="next"`: the next page, absent on the last one. Where the operation is deprecated also `rel="successor-version"`, the same in the version to use, and `rel="deprecation"`, why and how.',
    '</v1/orders?limit=20&cursor=eyJpZCI6IjEifQ>; rel="next"',
  ),
  ETag: text('Names this state of it, for `If-None-Match` and `If-Match`.', '"7"'),
  Location: text(
    'The address of what was made.',
    '/v1/orders/0b5e9c1e-52a4-4d1f-8a9e-6f2d3c7b8a90',
  ),
  'Retry-After': {
    description: 'In so many seconds the same request may succeed.',
    schema: { type: 'integer', minimum: 0 },
    example: 1,
  },
  'WWW-Authenticate': text('What kind of token is missing (RFC 6750).', 'Bearer'),
};
