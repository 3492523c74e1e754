import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importFile, inspectFile } from '../../electron/engine/weights/import.ts';
import { openWeights } from '../../electron/engine/weights/open.ts';
import { GraftError } from '../../shared/errors.ts';
import { mutate } from './mutations.ts';
import { graphNames, sampleNames, writeSamples } from './samples.ts';
import type { Sample } from './samples.ts';

/**
 * Thousands of damaged weight files: whatever is in them, opening and reading ends soon, in weights or in a GraftError.
 * By hand: `GRAFT_FUZZ_CASES=100000 GRAFT_FUZZ_SEED=7 vitest run tests/malformed/fuzz.test.ts`. A failure names the
 * seed of its case, and `mutate(sample, seed)` makes that file again.
 */
const casesPerSample = Number(process.env['GRAFT_FUZZ_CASES'] ?? 600);
const firstSeed = Number(process.env['GRAFT_FUZZ_SEED'] ?? 1);

const longestMs = 2000;
const mostGrowthBytes = 256 * 2 ** 20;
/** Reading more than this of a file of some kilobytes would be a fault; `identify` refuses such shapes before. */
const readableBytes = 2 ** 24;

let folder: string;
let samples: Sample[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'graft-fuzz-'));
  samples = await writeSamples(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What became of a file: 'read', or the code of the error; anything else is a crash. */
async function outcome(path: string): Promise<string> {
  try {
    if (inspectFile(path, {})) {
      await importFile(path, join(folder, 'library'));
      return 'read';
    }
    const source = await openWeights(path);
    try {
      for (const tensor of source.tensors) {
        if (tensor.bytes > readableBytes) continue;
        const values = await source.read(tensor.name);
        if (values.length * 4 !== tensor.bytes) return `${tensor.name} has ${values.length} values`;
      }
    } finally {
      source.close();
    }
    return 'read';
  } catch (error) {
    return error instanceof GraftError ? error.code : `crash: ${String(error)} ${(error as Error).stack}`;
  }
}

const expected = /^(read|file\.unreadable|(weights|safetensors)\.[a-z-]+)$/;

describe.each([...sampleNames, ...graphNames])('damaged copies of %s', (name) => {
  it(
    'are read or refused, soon and in bounded memory',
    { timeout: 60_000 + 50 * casesPerSample },
    async () => {
      const sample = samples.find((candidate) => candidate.name === name);
      if (!sample) throw new Error(`No sample ${name}`);
      const outcomes = new Map<string, number>();
      const before = process.memoryUsage().rss;
      for (let seed = firstSeed; seed < firstSeed + casesPerSample; seed++) {
        writeFileSync(sample.file, mutate(sample.bytes, seed));
        const start = performance.now();
        const result = await outcome(sample.file);
        expect(result, `seed ${seed}`).toMatch(expected);
        expect(performance.now() - start, `milliseconds with seed ${seed}`).toBeLessThan(longestMs);
        outcomes.set(result, (outcomes.get(result) ?? 0) + 1);
      }
      writeFileSync(sample.file, sample.bytes);
      expect(process.memoryUsage().rss - before).toBeLessThan(mostGrowthBytes);
      expect(outcomes.size, [...outcomes].join(' ')).toBeGreaterThan(1);
    },
  );
});
