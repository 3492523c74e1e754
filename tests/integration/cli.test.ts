import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comparison } from '../../shared/contract/results/comparisons.ts';
import type { Curve } from '../../shared/contract/results/evaluations.ts';
import type { Ladder } from '../../shared/contract/runs/transfer.ts';
import { devicesSchema } from '../../shared/contract/devices.ts';

const program = join(import.meta.dirname, '../../electron/hosts/cli/main.ts');
const weights = join(import.meta.dirname, '../../../shared/weights/mobilenet_v2_1.0_224.dequantized.h5');
const folder = mkdtempSync(join(tmpdir(), 'graft-cli-'));
const project = join(folder, 'project');
const pictures = join(folder, 'pictures');

interface Ended {
  code: number;
  out: string;
  err: string;
}

/** The terminal host as a person runs it, with a data folder of its own. */
async function graft(...args: string[]): Promise<Ended> {
  const env = { ...process.env, GRAFT_DATA_DIR: join(folder, 'data'), LANG: 'C', LC_ALL: 'C' };
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number, out, err };
}

/** The one document on stdout of a command that must succeed. */
async function json<T = Record<string, unknown>>(...args: string[]): Promise<T> {
  const { code, out, err } = await graft(...args, '--json');
  expect(code, err).toBe(0);
  return JSON.parse(out) as T;
}

interface Checked {
  kind: string;
  reason: string;
  items: { path: string }[];
}

interface Trained {
  run: string;
  accuracy: number;
  confusion: number[][];
}

const colours = { red: '#c33', blue: '#33c' };
const PER_CLASS = 16;

beforeAll(async () => {
  for (const [name, background] of Object.entries(colours)) {
    mkdirSync(join(pictures, name), { recursive: true });
    const blank = sharp({ create: { width: 48, height: 48, channels: 3, background } });
    for (let i = 0; i < PER_CLASS; i++) {
      const dot = {
        input: { create: { width: 8, height: 8, channels: 3 as const, background: '#fff' } },
        left: i * 2,
        top: i,
      };
      await blank
        .clone()
        .composite([dot])
        .toFile(join(pictures, name, `${i}.png`));
    }
  }
  writeFileSync(join(pictures, 'red', 'broken.png'), 'no picture');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('usage', () => {
  it.each([
    [['nonsense']],
    [['train', 'x']],
    [['import', 'x']],
    [['evaluate', 'x', '1', '--split', 'all']],
    [['compare', 'x', '1']],
    [['ladder', 'x', '--seeds', 'many']],
    [['ladder', 'x', '--recipes', 'magic']],
    [['check', 'x', '--kind', 'magic']],
    [['check', 'x', '--most', 'all']],
    [['suggest', 'x', '--accept', '95']],
    [['serve', '--port', '99999']],
  ])('%j is wrong: exit code 2, a word on stderr, nothing on stdout', async (args) => {
    const { code, out, err } = await graft(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^error: /);
  });

  it('helps on request', async () => {
    const { code, out } = await graft('--help');
    expect(code).toBe(0);
    for (const command of [
      'doctor',
      'sample',
      'import',
      'check',
      'suggest',
      'zoo',
      'train',
      'runs',
      'evaluate',
      'ladder',
      'transfer',
      'estimate',
      'compare',
      'predict',
      'export',
      'serve',
    ])
      expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  });
});

describe('errors', () => {
  it('name the thing: exit code 1, nothing on stdout, no stack trace', async () => {
    const { code, out, err } = await graft('runs', join(folder, 'nowhere'), '--json');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(join(folder, 'nowhere'));
    expect(err).not.toMatch(/^\s+at /m);
  });

  it('of a missing source leave no half-made work behind', async () => {
    const missing = join(folder, 'no-pictures');
    const { code, err } = await graft('import', join(folder, 'unborn'), missing);
    expect(code).toBe(1);
    expect(err).toContain(missing);
    expect(existsSync(join(folder, 'unborn'))).toBe(false);
  });
});

describe('the job of the terminal, on pictures of two colours', () => {
  it('doctor says what there is', async () => {
    const found = await json('doctor');
    expect(found).toMatchObject({
      engine: { state: 'ready' },
      dataDir: { writable: true },
      node: process.versions.node,
    });
    const { devices, auto } = devicesSchema.parse(found.devices);
    expect(devices[0]).toMatchObject({ device: 'cpu', state: 'reference' });
    expect(devices.filter(({ chosen }) => chosen).map(({ device }) => device)).toEqual([auto.device]);
    // The doctor has checked what is worth it: all but software.
    expect(devices.filter(({ state, software }) => state === 'unchecked' && !software)).toEqual([]);
  });

  it('imports, and names what cannot be read', async () => {
    const report = await json('import', project, pictures);
    expect(report).toMatchObject({ project, classes: ['blue', 'red'] });
    expect(Number(report.broken) + Number(report.skippedCount)).toBe(1);
    const again = await json('import', project, pictures);
    expect(again).toMatchObject({ added: 0 });
  });

  it('checks, and names the file that is no picture and the colour that gives the classes away', async () => {
    const { last, findings } = await json<{ last: object; findings: Checked[] }>(
      'check',
      project,
      '--no-model',
    );
    expect(last).toMatchObject({ items: 2 * PER_CLASS, examined: 0, skipped: 'off' });
    const broken = findings.find(({ kind }) => kind === 'not-an-image');
    expect(broken?.items.map(({ path }) => path)).toEqual([expect.stringContaining('broken.png')]);
    const reasons = findings.filter(({ kind }) => kind === 'shift-class').map(({ reason }) => reason);
    expect(reasons.join()).toMatch(/a picture of red is redder than one of another class/);
    const { code, out } = await graft('check', project, '--no-model', '--kind', 'shift-class');
    expect(code).toBe(0);
    expect(out).toContain('redder');
    expect(out).not.toContain('broken.png');
  });

  it('suggests nothing where every picture has a label, and says how right it would be', async () => {
    const suggested = await json('suggest', project);
    expect(suggested).toMatchObject({ labels: 2 * PER_CLASS, classes: 2, open: 0, suggestions: [] });
    expect(suggested.accuracy).toMatchObject({ value: 1, judged: 2 * PER_CLASS });
  });

  it('trains from scratch, evaluates, lists, predicts and exports', async () => {
    const sets = ['input.size=32', 'epochs=6', 'batchSize=8', 'head.hidden=[16]'];
    const trained = await json<Trained>('train', project, '--recipe', 'scratch-cnn', '--set', ...sets);
    expect(trained).toMatchObject({
      status: 'done',
      classes: ['blue', 'red'],
      seconds: {
        decode: expect.any(Number),
        features: expect.any(Number),
        train: expect.any(Number),
        evaluate: expect.any(Number),
      },
    });
    for (const key of [
      'run',
      'accuracy',
      'macroF1',
      'rocAuc',
      'confusion',
      'imagesPerSecond',
      'frozenUnchanged',
    ])
      expect(trained).toHaveProperty(key);
    expect(trained.accuracy).toBeGreaterThan(0.9);

    const evaluated = await json('evaluate', project, trained.run);
    expect(evaluated).toMatchObject({
      run: trained.run,
      accuracy: trained.accuracy,
      confusion: trained.confusion,
    });
    const runs = await json<{ id: string }[]>('runs', project);
    expect(runs.map(({ id }) => id)).toEqual([trained.run]);

    const one = join(pictures, 'blue', '3.png');
    const predicted = await json('predict', project, 'latest', one, join(pictures, 'red', 'broken.png'));
    expect(predicted.predictions).toMatchObject([
      { path: one, predicted: 0, error: null },
      { predicted: null, error: { code: expect.any(String) } },
    ]);

    const out = join(folder, 'model.onnx');
    const exported = await json('export', project, '1', '--format', 'onnx', '--out', out);
    expect(existsSync(out)).toBe(true);
    expect(exported.largestDifference).toBeLessThan(1e-4);
  }, 240_000);

  it('climbs a ladder of recipes over seeds and compares the rungs on the same items', async () => {
    const wishes = ['--seeds', '2', '--epochs', '1', '--set-scratch', 'input.size=48'];
    const { rungs, gains, roc, worst, best } = await json<Ladder & { roc: { curve: Curve }[] }>(
      'ladder',
      project,
      ...['--recipes', 'scratch-cnn,scratch-cnn-regularized', ...wishes],
    );
    expect(rungs.map(({ key }) => key)).toEqual(['scratch-cnn', 'scratch-cnn-regularized']);
    const [lower, upper] = rungs;
    expect(upper?.items).toBe(lower?.items);
    expect(new Set(rungs.flatMap(({ runs }) => runs.map(({ run }) => run))).size).toBe(4);
    expect([worst, best].sort()).toEqual(rungs.map(({ key }) => key));
    for (const { curve } of roc) expect(curve.points.length).toBeGreaterThan(1);
    const again = await graft('ladder', project, '--recipes', 'scratch-cnn', ...wishes);
    expect(again.err).toContain('0 of 2 runs to train');
    const mean = (runs: { accuracy: number }[] = []): number =>
      runs.reduce((sum, { accuracy }) => sum + accuracy, 0) / runs.length;
    expect(gains).toHaveLength(1);
    expect(gains[0]?.gain).toBeCloseTo(mean(upper?.runs) - mean(lower?.runs), 12);

    const compared = [lower?.runs[0]?.run ?? '', upper?.runs[0]?.run ?? ''];
    const { n, runs, pairs } = await json<Comparison>('compare', project, ...compared);
    expect(n).toBe(lower?.items);
    expect(runs.map(({ id }) => id)).toEqual(compared);
    expect(runs.map(({ accuracy }) => accuracy)).toEqual([
      lower?.runs[0]?.accuracy,
      upper?.runs[0]?.accuracy,
    ]);
    const [pair] = pairs;
    expect(pair?.difference).toBeCloseTo(((pair?.onlySecond ?? 0) - (pair?.onlyFirst ?? 0)) / n, 12);
    expect(await graft('compare', project, ...compared)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/better than|No evidence of a difference/) as string,
    });
  }, 240_000);

  it('knows no other run', async () => {
    expect(await graft('evaluate', project, '99')).toMatchObject({ code: 1, out: '' });
  });
});

describe.skipIf(!existsSync(weights))('pretrained weights (needs ../shared/weights)', () => {
  it('are imported, listed and trained on with the frozen part unchanged', async () => {
    expect(await json('zoo', 'import', weights)).toMatchObject({
      arch: 'mobilenet_v2',
      alpha: 1,
      withTop: true,
    });
    const zoo = await json<{ id: string; installed: unknown[] }[]>('zoo');
    expect(zoo.find(({ id }) => id === 'mobilenet_v2')?.installed).toHaveLength(1);
    const trained = await json(
      'train',
      project,
      '--recipe',
      'features',
      '--set',
      'epochs=40',
      'input.size=96',
    );
    expect(trained).toMatchObject({ frozenUnchanged: true, accuracy: 1 });
  }, 240_000);
});
