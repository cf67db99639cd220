/**
 * Which file may import which. Imports point one way, from services to packages, and what a rule of the house
 * reserves for one place (a broker's client, SQL) is out of reach elsewhere. Each rule's comment is printed
 * with its violations.
 */
const service = '^services/([^/]+)/';
const deployed = '^(services|packages)/[^/]+/src/';
const madeForTests = '^packages/(testing|embedded-postgres)/';

/** Matches a package in the workspace's node_modules, however pnpm nests it. */
const npm = (...names) => `node_modules/(${names.join('|')})/`;

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files, and so packages, form a DAG: what two need goes below both.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing imports it and it imports nothing: wire it in or delete it.',
      severity: 'error',
      from: { orphan: true, pathNot: '(^|/)[^/]+[.]config[.]ts$|^[.]' },
      to: {},
    },
    {
      name: 'resolvable',
      comment: 'It is not there: a typo, or a package.json that does not name it.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'packages-know-only-packages',
      comment: 'Packages are used by all the rest and know none of it.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(services|commands|infra|tools|bench)/' },
    },
    {
      name: 'no-service-to-service',
      comment:
        'Services talk over HTTP and events; what both must know is a contract in packages/contracts.',
      severity: 'error',
      from: { path: service },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'services-stand-alone',
      comment: 'A service is deployed without commands, infra and tools.',
      severity: 'error',
      from: { path: service },
      to: { path: '^(commands|infra|tools|bench)/' },
    },
    {
      name: 'tests-only-from-tests',
      comment: 'What runs in a deployment does not import a test, nor the packages made for tests.',
      severity: 'error',
      from: { path: deployed, pathNot: madeForTests },
      to: { path: [madeForTests, '^[^/]+/[^/]+/test/'] },
    },
    {
      name: 'brokers-behind-their-port',
      comment: 'Kafka and RabbitMQ are adapters of packages/messaging; import its port.',
      severity: 'error',
      from: { pathNot: '^packages/messaging/' },
      to: { path: npm('kafkajs', 'rabbitmq-client') },
    },
    {
      name: 'redis-behind-its-port',
      comment:
        'Redis is an adapter of packages/messaging and packages/storage; import their ports.',
      severity: 'error',
      from: { pathNot: '^packages/(messaging|storage)/' },
      to: { path: npm('ioredis') },
    },
    {
      name: 'sql-in-the-store',
      comment:
        'Of a service only src/store.ts, or a second one such as src/key-store.ts, knows SQL; give it a method that says what is wanted.',
      severity: 'error',
      from: {
        path: '^services/[^/]+/src/',
        pathNot: '^services/[^/]+/src/[a-z-]*store[.]ts$',
      },
      to: { path: npm('kysely', 'pg') },
    },
    {
      name: 'source-on-dependencies',
      comment: 'A deployment has no devDependencies; types are erased and may come from them.',
      severity: 'error',
      from: { path: deployed, pathNot: madeForTests },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(coverage|[.]waymark)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Type imports count: a type from another service is a dependency on it.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.d.ts'],
    },
  },
};
