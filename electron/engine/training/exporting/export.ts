import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Certificate, ExportFormat, ModelCard } from '../../../../shared/contract/documents/exports.ts';
import { readSafetensors } from '../../tensors/safetensors.ts';
import { writeBeside } from '../../tensors/write-beside.ts';
import type { RunControl } from '../control.ts';
import { deviceLabel } from '../device.ts';
import { loadNetwork } from '../network/model-store.ts';
import { certify } from './certify.ts';
import type { Exporter, KnownFeatures } from './exporter.ts';
import { onnxExporter } from './onnx.ts';
import { safetensorsExporter } from './safetensors.ts';
import { writeScripts } from './scripts.ts';
import { tfjsExporter } from './tfjs.ts';

const exporters: Record<ExportFormat, Exporter> = {
  onnx: onnxExporter,
  tfjs: tfjsExporter,
  safetensors: safetensorsExporter,
};

export interface ExportRequest {
  /** The run's folder. */
  dir: string;
  format: ExportFormat;
  out: string;
  /** What goes with the model; input size and resizing are filled in from the network. */
  card: Omit<ModelCard, 'input'>;
  /** File of the features the run knows (`bank`), and how many neighbours count; null where it has none. */
  known: { bank: string; k: number } | null;
  /** Held-out pictures to check it on. */
  check: string[];
}

/**
 * Writes a run's model, reads it back from disk, and asks both about held-out pictures. Beside the model lie its
 * certificate with the model card, and for ONNX two short programs that run it.
 * @throws GraftError model.missing, engine.export-unsupported, export.no-tfjs, file.unwritable, cancelled
 */
export async function exportModel(
  { dir, format, out, card: about, known, check }: ExportRequest,
  control: RunControl,
  onProgress: (done: number, total: number) => void,
): Promise<Certificate> {
  const network = await loadNetwork(dir);
  const exporter = exporters[format];
  try {
    const { size, resize } = network.spec.input;
    const input = {
      name: 'image',
      size,
      layout: '[batch, size, size, 3]',
      values: 'RGB, 0 to 255, float32',
      resize,
    } as const;
    // The distance is computed inside the file, which ONNX alone has room for.
    const features =
      known && format === 'onnx' && network.graphFile === null ? await knownFeatures(known) : null;
    const card: ModelCard = { ...about, unknown: features && about.unknown, input };
    const paths = await exporter.write(network, card, out, features);
    const exported = await exporter.open(out, network);
    const verdict = await certify(network, card.temperature, exported, check, control, onProgress).finally(
      () => exported.dispose(),
    );
    const scripts = format === 'onnx' ? await writeScripts(out) : [];
    const certificate: Certificate = {
      format,
      path: out,
      files: [...paths, ...scripts].map((path) => basename(path)),
      bytes: await totalBytes(paths),
      sha256: await sha256Of(out),
      ...verdict,
      // Only ONNX Runtime's own session runs apart from the engine, and always on the processor.
      device: format === 'onnx' ? 'CPU' : deviceLabel(),
      madeAt: new Date().toISOString(),
    };
    await writeBeside(certificateFile(out), `${JSON.stringify({ certificate, model: card }, null, 2)}\n`);
    return certificate;
  } finally {
    network.body.dispose();
    network.head.dispose();
  }
}

async function knownFeatures({ bank: path, k }: { bank: string; k: number }): Promise<KnownFeatures> {
  const { tensors } = await readSafetensors(path, ['bank']);
  const bank = tensors.get('bank');
  return { k, bank: bank?.data as Float32Array, width: bank?.shape[1] ?? 0 };
}

export const certificateFile = (out: string): string => `${out}.certificate.json`;

async function totalBytes(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
