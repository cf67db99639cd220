/**
 * What ESLint asks of this repository: typescript-eslint's strictest rules with type information, and the
 * rules of the house that a machine can check. Where a strict rule would make readable code worse it has an
 * option here, with the reason beside it; inline exceptions are for single places and say why.
 */
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { ownLines } from './tools/own-lines.ts';

const defaultExport = {
  selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
  message: 'Export by name: a default export has another name in every file that imports it.',
};
const barrel = {
  selector: 'ExportAllDeclaration, ExportNamedDeclaration[source]',
  message: 'No barrels: import from the file that has it.',
};

/** Jest and ESLint take what these export as a default. */
const toldToExportDefault = [
  'jest.config.ts',
  'eslint.config.ts',
  'packages/testing/src/closing-line.ts',
  'packages/testing/src/jest-{setup,teardown}.ts',
];

export default defineConfig(
  { ignores: ['**/node_modules/', '.waymark/', '**/coverage/', 'packages/client/src/v1.ts'] },
  {
    files: ['**/*.{ts,mjs}'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { waymark: { rules: { 'own-lines': ownLines } } },
    rules: {
      // A port's method is async because one of its adapters waits, and a throw in it must be a rejection.
      '@typescript-eslint/require-await': 'off',
      // `() => server.close()` says as much as its version with braces.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // It refuses `Promise.withResolvers<void>()`.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Parts are closures over their dependencies, so `committed: relay.wake` loses no `this`: there is none.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      'max-lines': ['error', { max: 220 }],
      'waymark/own-lines': ['error', { max: 50 }],
      'no-restricted-syntax': ['error', defaultExport, barrel],
      eqeqeq: 'error',
    },
  },
  {
    files: ['packages/**', 'services/**'],
    // What a service has to say is a log line with a trace id. Commands, tools and infra talk to a person.
    rules: { 'no-console': 'error' },
  },
  {
    files: ['**/test/**'],
    rules: { 'waymark/own-lines': 'off' },
  },
  {
    files: toldToExportDefault,
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // These run without a compiler over them, so there are no types to check by.
    files: ['**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { URL: 'readonly' } },
    rules: { 'no-restricted-syntax': 'off' },
  },
);
