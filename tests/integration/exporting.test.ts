import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportEndings, exportFormats, type ExportFormat } from '../../shared/contract/documents/exports.ts';
import { recipeSchema } from '../../shared/recipe/recipe.ts';
import type { DatasetItem } from '../../electron/engine/protocol.ts';
import { RunControl } from '../../electron/engine/training/control.ts';
import { onBackend } from '../../electron/engine/training/device.ts';
import { certificateFile, exportModel } from '../../electron/engine/training/exporting/export.ts';
import { openOnnx } from '../../electron/engine/backend/index.ts';
import { decodeMany } from '../../electron/engine/data/decode.ts';
import { judgeImages, learnNovelty } from '../../electron/engine/handlers/novelty.ts';
import { trainRun } from '../../electron/engine/training/session.ts';
import { installStarter } from '../../electron/engine/weights/starter.ts';
import { cardOf, classes, placesIn, plainPictures } from './plain-pictures.ts';

/** A model on the starter backbone leaves Graft in every format, and answers the same without Graft. */

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const size = 48;
const temperature = 1.7;
let folder: string;
let items: DatasetItem[];
let dir: string;
let recipe: ReturnType<typeof recipeSchema.parse>;

beforeAll(async () => {
  // In the checkout, so that the programs beside an export find the packages they ask for.
  await mkdir(join(root, 'test-results'), { recursive: true });
  folder = await mkdtemp(join(root, 'test-results', 'export-'));
  const places = placesIn(folder);
  items = await plainPictures(folder, 24, 12);
  const weights = await installStarter(places.libraryDir);
  recipe = recipeSchema.parse({
    kind: 'features',
    backbone: { from: 'library', arch: 'starter', weights, alpha: 1 },
    input: { size },
    head: { hidden: [8] },
    stages: [
      {
        train: { what: 'head' },
        epochs: 2,
        batchSize: 8,
        optimizer: { name: 'adam', learningRate: 1e-3 },
      },
    ],
  });
  dir = join(places.runsDir, 'r');
  const request = { run: 'r', recipe, classes, items, places, resume: false };
  await onBackend('auto', () => trainRun(request, new RunControl(), () => undefined));
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

function exported(format: ExportFormat, check = items.slice(12).map(({ path }) => path)) {
  const out = join(folder, `model.${exportEndings[format]}`);
  const wanted = { dir, format, out, card: cardOf(recipe, temperature), known: null, check };
  const made = onBackend('auto', () => exportModel(wanted, new RunControl(), () => undefined));
  return made.then((certificate) => ({ out, certificate }));
}

/** What the model in Graft says of a picture, at the temperature. */
async function expectedOf(path: string): Promise<number[]> {
  const images = [{ name: 'a', path }];
  const { probabilities } = await onBackend('auto', () => judgeImages(dir, images, new RunControl()));
  const powers = probabilities[0]!.map((p) => p ** (1 / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

describe('an exported model', () => {
  it.each(exportFormats)('as %s is certified by what the file itself answers', async (format) => {
    const { out, certificate } = await exported(format);
    expect(certificate).toMatchObject({ format, checked: 12, agreement: 1, agrees: true });
    expect(certificate.largestDifference).toBeLessThan(1e-5);
    expect(certificate.msPerImage).toBeGreaterThan(0);
    const beside = JSON.parse(readFileSync(certificateFile(out), 'utf8')) as Record<string, unknown>;
    expect(beside).toMatchObject({ certificate, model: { classes, temperature, input: { size } } });
  });

  it('is not certified where there is nothing to ask it about', async () => {
    const { certificate } = await exported('onnx', []);
    expect(certificate).toMatchObject({ checked: 0, agreement: null, agrees: null });
  });

  it('as TensorFlow.js is read by TensorFlow.js alone, without a layer of ours', async () => {
    const { out } = await exported('tfjs');
    const { path } = items[13]!;
    const pixels = await sharp(path).resize(size, size, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
    const program = `
      import * as tf from '@tensorflow/tfjs-core';
      import '@tensorflow/tfjs-backend-cpu';
      import { loadLayersModel } from '@tensorflow/tfjs-layers';
      import { readFileSync } from 'node:fs';
      import { dirname, join } from 'node:path';
      const [, path, pixels] = process.argv;
      const { modelTopology, weightsManifest: [{ paths, weights }] } = JSON.parse(readFileSync(path, 'utf8'));
      const data = Buffer.concat(paths.map((name) => readFileSync(join(dirname(path), name))));
      const weightData = Uint8Array.from(data).buffer;
      const load = async () => ({ modelTopology, weightSpecs: weights, weightData });
      const model = await loadLayersModel({ load });
      const image = tf.tensor4d(Float32Array.from(Buffer.from(pixels, 'base64')), [1, ${size}, ${size}, 3]);
      console.log(JSON.stringify([...model.predict(image).dataSync()]));`;
    const { stdout } = await run(
      process.execPath,
      ['--input-type=module', '-e', program, out, pixels.toString('base64')],
      { cwd: root },
    );
    const received = JSON.parse(stdout.trim().split('\n').at(-1)!) as number[];
    const expected = await expectedOf(path);
    received.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
  });

  it('as ONNX is run by the program that lies beside it', async () => {
    const { out, certificate } = await exported('onnx');
    expect(certificate.files).toEqual(['model.onnx', 'model.predict.py', 'model.predict.mjs']);
    const { path } = items[14]!;
    const { stdout } = await run(process.execPath, [join(folder, 'model.predict.mjs'), path]);
    const [dark, light] = await expectedOf(path);
    const answer = dark! > light! ? 'dark' : 'light';
    expect(stdout).toBe(`${path}: ${answer} (dark ${dark!.toFixed(4)}, light ${light!.toFixed(4)})\n`);
    expect(existsSync(out)).toBe(true);
  });

  it('as ONNX says itself how unlike the training pictures one is', async () => {
    const heldOut = items.slice(12);
    const learned = await onBackend('auto', () =>
      learnNovelty(
        dir,
        { training: items.slice(0, 12), heldOut, k: 3, falseAlarms: 0.1 },
        new RunControl(),
        () => undefined,
      ),
    );
    const threshold = learned.threshold ?? 0.5;
    const out = join(folder, 'knows.onnx');
    const card = {
      ...cardOf(recipe, temperature),
      unknown: { method: 'neighbours' as const, threshold, accepted: 0.9 },
    };
    const known = { bank: join(dir, 'novelty.safetensors'), k: 3 };
    const paths = heldOut.map(({ path }) => path);
    const wanted = { dir, format: 'onnx' as const, out, card, known, check: paths };
    const certificate = await onBackend('auto', () => exportModel(wanted, new RunControl(), () => undefined));
    expect(certificate.agrees).toBe(true);
    const images = paths.map((path) => ({ name: path, path }));
    const { distances } = await onBackend('auto', () => judgeImages(dir, images, new RunControl()));
    const { pixels } = await decodeMany(paths, { size, mode: 'stretch' });
    const session = openOnnx(readFileSync(out), out);
    const feeds = {
      image: { shape: [paths.length, size, size, 3], data: Float32Array.from(pixels) },
    };
    const { unfamiliarity } = session.run(feeds, { unfamiliarity: [paths.length] });
    session.dispose();
    distances.forEach((distance, index) => expect(unfamiliarity![index]).toBeCloseTo(distance!, 5));
    const { stdout } = await run(process.execPath, [join(folder, 'knows.predict.mjs'), paths[0]!]);
    expect(stdout.includes("I don't know")).toBe(distances[0]! > threshold);
  });

  it('leaves a program alone that a person wrote under the same name', async () => {
    const own = join(folder, 'model.predict.py');
    writeFileSync(own, 'print("mine")\n');
    const { certificate } = await exported('onnx');
    expect(readFileSync(own, 'utf8')).toBe('print("mine")\n');
    expect(certificate.files).not.toContain('model.predict.py');
    await rm(own);
  });
});
