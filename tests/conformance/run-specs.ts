/**
 * Runs a bundle of specs under Jasmine in a process of its own and writes what happened as JSON:
 * `node run-specs.ts <bundle> <results> [filter]`.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface SpecResult {
  readonly name: string;
  readonly status: string;
  readonly failures: readonly string[];
}

export interface SuiteResults {
  readonly specs: readonly SpecResult[];
  readonly errors: readonly string[];
}

interface JasmineResult {
  readonly fullName: string;
  readonly status: string;
  readonly failedExpectations: readonly { readonly message: string; readonly stack?: string }[];
}

interface JasmineEnv {
  configure(options: object): void;
  addReporter(reporter: object): void;
  execute(): Promise<unknown>;
}

const [bundle = '', resultsPath = '', filter] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { boot } = require('jasmine-core') as { boot(): { getEnv(): JasmineEnv } };
const jasmine = boot();
const env = jasmine.getEnv();
const specs: SpecResult[] = [];
const errors: string[] = [];

env.configure({
  random: false,
  ...(filter ? { specFilter: (spec: { getFullName(): string }) => spec.getFullName().includes(filter) } : {}),
});
env.addReporter({
  specDone: ({ fullName, status, failedExpectations }: JasmineResult) =>
    specs.push({
      name: fullName,
      status,
      failures: failedExpectations.map(({ message, stack }) =>
        process.env['GRAFT_CONFORMANCE_STACKS'] ? `${message}\n${stack ?? ''}` : message,
      ),
    }),
  suiteDone: ({ fullName, failedExpectations }: JasmineResult) =>
    errors.push(...failedExpectations.map(({ message }) => `${fullName}: ${message}`)),
  jasmineDone: ({ failedExpectations }: JasmineResult) =>
    errors.push(...failedExpectations.map(({ message }) => message)),
});
require(bundle);
await env.execute();
writeFileSync(resultsPath, JSON.stringify({ specs, errors } satisfies SuiteResults));
// Specs of timers and fetches may leave handles open.
process.exit(0);
