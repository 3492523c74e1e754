import type { ModelCard } from '../../../../shared/contract/exports.ts';
import type { Network } from '../network/network.ts';

/** A model read back from what was exported, run as any other program would run it. */
export interface ExportedModel {
  /** One picture `[size, size, 3]`, RGB, 0 to 255, to its probabilities. */
  run(pixels: Float32Array): Float32Array;
  dispose(): void;
}

/** A format that a trained network leaves Graft in. */
export interface Exporter {
  /** Writes the files, the main one last, and returns their paths, the main one first. */
  write(network: Network, card: ModelCard, out: string): Promise<string[]>;
  /** Reads back what `write` left at `out`. */
  open(out: string, network: Network): Promise<ExportedModel>;
}
