/** Tests run on the source as it is: swc strips the types, modules stay ES modules. */
export default {
  roots: [
    '<rootDir>/packages',
    '<rootDir>/services',
    '<rootDir>/infra',
    '<rootDir>/k8s',
    '<rootDir>/commands',
    '<rootDir>/tools',
    '<rootDir>/bench',
  ],
  testMatch: ['**/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  injectGlobals: false,
  globalSetup: '<rootDir>/packages/testing/src/jest-setup.ts',
  globalTeardown: '<rootDir>/packages/testing/src/jest-teardown.ts',
  reporters: ['default', '<rootDir>/packages/testing/src/closing-line.ts'],
  maxWorkers: 2,
  testTimeout: 30_000,
};
