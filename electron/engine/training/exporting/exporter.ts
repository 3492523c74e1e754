import type { ModelCard } from '../../../../shared/contract/documents/exports.ts';
import type { Network } from '../network/network.ts';

/** A model read back from what was exported, run as any other program would run it. */
export interface ExportedModel {
  /** One picture `[size, size, 3]`, RGB, 0 to 255, to its probabilities. */
  run(pixels: Float32Array): Float32Array;
  dispose(): void;
}

/** What a model was trained on, as unit-length features; `k` neighbours of a picture are compared with it. */
export interface KnownFeatures {
  k: number;
  /** `[rows, width]`. */
  bank: Float32Array;
  width: number;
}

/** A format that a trained network leaves Graft in. */
export interface Exporter {
  /** Writes the files, the main one last, and returns their paths, the main one first. */
  write(network: Network, card: ModelCard, out: string, known: KnownFeatures | null): Promise<string[]>;
  /** Reads back what `write` left at `out`. */
  open(out: string, network: Network): Promise<ExportedModel>;
}
