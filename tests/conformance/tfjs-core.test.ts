import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleSpecs, repository } from './bundle.ts';
import { testDevice, whyNotHere } from '../test-device.ts';
import { ignoredOnWebgpu } from './ignored-webgpu.ts';
import { MAX_IGNORED, ignoredSpecs } from './ignored.ts';
import type { SpecResult, SuiteResults } from './run-specs.ts';

const ENVIRONMENT = ` test-${testDevice.backend} {}`;
const onCpu = testDevice.device === 'cpu';
const ignored = testDevice.device === 'webgpu' ? { ...ignoredSpecs, ...ignoredOnWebgpu } : ignoredSpecs;
/** Why the device asked for cannot be tried here. */
const obstacle = whyNotHere();
/** tfjs-core 4.22 binds this many specs to a backend; fewer means that the bundle lost some. */
const MIN_BACKEND_SPECS = 3_850;
const MINUTES = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'graft-conformance-'));
let results: SuiteResults = { specs: [], errors: [] };

async function runSpecs(): Promise<SuiteResults> {
  const bundle = join(folder, 'specs.cjs');
  const written = join(folder, 'results.json');
  await bundleSpecs(bundle);
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'run-specs.ts'), bundle, written], {
    env: { ...process.env, NODE_PATH: join(repository, 'node_modules') },
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(readFileSync(written, 'utf8')) as SuiteResults;
}

const nameOf = (spec: SpecResult): string => spec.name.replace(ENVIRONMENT, '');

describe.skipIf(obstacle)(
  `tfjs-core's own specs on ${testDevice.backend}, ${obstacle ?? testDevice.device}`,
  () => {
    beforeAll(async () => {
      results = await runSpecs();
    }, 15 * MINUTES);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it('are all there', () => {
      const bound = results.specs.filter(({ name }) => name.includes(ENVIRONMENT));
      expect(bound.length).toBeGreaterThanOrEqual(MIN_BACKEND_SPECS);
    });

    it('pass, except those that stand in the ignore list', () => {
      const failed = results.specs.filter(({ status }) => status === 'failed');
      const unexpected = failed.filter((spec) => !(nameOf(spec) in ignored));
      expect(unexpected.map((spec) => `${nameOf(spec)}: ${spec.failures.join('; ')}`)).toEqual([]);
      expect(results.errors).toEqual([]);
    });

    it('stand in the ignore list only while they exist and, where drivers do not differ, fail', () => {
      const counted = results.specs.filter(({ status }) => !onCpu || status === 'failed');
      const names = new Set(counted.map(nameOf));
      expect(Object.keys(ignored).filter((name) => !names.has(name))).toEqual([]);
      expect(Object.keys(ignored).length).toBeLessThanOrEqual(MAX_IGNORED);
    });
  },
);
