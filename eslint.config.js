import { readFileSync } from 'node:fs';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import { folderImports } from './scripts/folder-imports.mjs';
import svelteConfig from './svelte.config.js';

/** The files of the worker program; all else belongs to the page's. */
const workerFiles = JSON.parse(readFileSync('./tsconfig.worker.json', 'utf8')).include.map(
  (path) => (path.endsWith('.ts') ? path : `${path}/**`),
);
const pureFolders = ['iceberg', 'flare', 'spark'];

const browserGlobals = [
  'window',
  'document',
  'navigator',
  'self',
  'indexedDB',
  'localStorage',
  'Worker',
  'BroadcastChannel',
  'process',
  'Buffer',
];

/** What the type-aware rules need to know of a program. */
const program = (project) => ({
  parserOptions: {
    project,
    tsconfigRootDir: import.meta.dirname,
    extraFileExtensions: ['.svelte'],
  },
});

export default ts.config(
  {
    ignores: [
      'dist/',
      '.cache/',
      'node_modules/',
      'test/golden/',
      'public/',
      'out/',
      'test-results/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...ts.configs.strictTypeChecked,
  ...ts.configs.stylisticTypeChecked,
  ...svelte.configs.recommended,
  ...svelte.configs.prettier,
  { languageOptions: program('./tsconfig.json') },
  { files: workerFiles, languageOptions: program('./tsconfig.worker.json') },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: {
        ...program('./tsconfig.json').parserOptions,
        parser: ts.parser,
        svelteConfig,
      },
    },
  },
  {
    plugins: { icejam: { rules: { 'folder-imports': folderImports } } },
    rules: {
      'icejam/folder-imports': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', 400],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `async` without `await` turns what a function throws into a rejection: the ports' doubles live by it.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // There are no enums: the compiler's erasableSyntaxOnly refuses them.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // It asks for the `!` that no-non-null-assertion forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
    },
  },
  {
    files: ['src/**', 'workers/**'],
    rules: {
      'no-console': 'error',
      'no-alert': 'error',
      'no-debugger': 'error',
      'no-eval': 'error',
    },
  },
  {
    files: pureFolders.map((name) => `src/${name}/**`),
    rules: { 'no-restricted-globals': ['error', ...browserGlobals] },
  },
  {
    files: ['*.config.{js,ts}', '**/*.svelte'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['*.js'],
    extends: [ts.configs.disableTypeChecked],
  },
);
