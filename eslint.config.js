import tseslint from 'typescript-eslint';
import vue from 'eslint-plugin-vue';

/** The arrows of DESIGN section 7, as forbidden imports per folder. */
const only = (files, patterns, paths = []) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns, paths }] },
});
const noElectron = {
  group: ['electron', 'electron/*'],
  message: 'Only electron/main and electron/preload import electron.',
};
const noSqlite = { group: ['better-sqlite3'], message: 'SQLite stays inside electron/store.' };
const noOrt = {
  group: ['onnxruntime-node', 'onnxruntime-node/*'],
  message: 'ONNX Runtime stays inside electron/engine/backend/onnxruntime.',
};
const noTf = { group: ['@tensorflow/*'], message: 'TensorFlow.js runs in the engine process only.' };
const noNode = {
  group: ['node:*', 'fs', 'path', 'os', 'child_process'],
  message: 'No Node modules here: this code also runs in the renderer.',
};
const noFolder = (name, message) => ({ regex: `(^|/)${name}(/|\\.ts$)`, message });

export default tseslint.config(
  { ignores: ['out/**', 'dist/**', 'node_modules/**', 'test-results/**', 'resources/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: { 'vue/multi-word-component-names': 'off' },
  },
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-ignore': true, 'ts-expect-error': 'allow-with-description' },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { prefer: 'type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always'],
      // Layout is Prettier's.
      'vue/html-indent': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/attributes-order': 'off',
    },
  },
  only(
    ['shared/**/*.ts'],
    [
      noElectron,
      noSqlite,
      noOrt,
      noTf,
      noNode,
      { regex: '(^|/)(electron|renderer)/', message: 'shared/ imports nothing of the app.' },
    ],
  ),
  only(
    ['renderer/**/*.{ts,vue}'],
    [
      noElectron,
      noSqlite,
      noOrt,
      noTf,
      noNode,
      { regex: '\\.\\./electron/', message: 'The renderer reaches the lab over the bridge alone.' },
    ],
  ),
  only(
    ['electron/evaluation/**/*.ts'],
    [
      noElectron,
      noSqlite,
      noOrt,
      noTf,
      noNode,
      noFolder('(store|lab|hosts|engine|main)', 'Evaluation is pure functions over stored predictions.'),
    ],
  ),
  only(
    ['electron/store/**/*.ts'],
    [
      noElectron,
      noOrt,
      noTf,
      noFolder('(lab|hosts|engine|main|evaluation)', 'The store imports shared/ alone.'),
    ],
  ),
  only(
    ['electron/lab/**/*.ts'],
    [
      noElectron,
      noSqlite,
      noOrt,
      noTf,
      noFolder('(hosts|main)', 'The lab does not know its hosts.'),
      {
        regex: 'engine/(backend|zoo|weights|data|training)',
        message: 'The lab speaks to the engine through its client and protocol.',
      },
    ],
  ),
  only(['electron/hosts/**/*.ts'], [noElectron, noSqlite, noOrt, noTf]),
  only(['electron/engine/*.ts'], [noElectron, noSqlite, noOrt]),
  only(
    ['electron/engine/training/**/*.ts'],
    [
      noElectron,
      noSqlite,
      noOrt,
      noFolder('(store|lab|hosts|main|evaluation)', 'The engine knows nothing of the app around it.'),
    ],
  ),
  only(
    ['electron/engine/{zoo,weights,data,tensors}/**/*.ts'],
    [
      noElectron,
      noSqlite,
      noOrt,
      noFolder(
        '(store|lab|hosts|main|evaluation|training)',
        'Inside the engine imports run process -> training -> zoo, weights, data -> backend.',
      ),
    ],
  ),
  only(['electron/engine/backend/*.ts'], [noElectron, noSqlite, noOrt]),
  only(
    ['electron/engine/backend/onnxruntime/**/*.ts'],
    [
      noElectron,
      noSqlite,
      noFolder(
        '(store|lab|hosts|main|evaluation|training|zoo|weights|data)',
        'The backend is the bottom of the engine.',
      ),
    ],
  ),
);
