import { join } from 'node:path';
import { openRowPack } from './cache/row-pack.ts';
import type { RowPack } from './cache/row-pack.ts';
import { decoderVersion } from './decode.ts';
import type { DecodeOptions } from './decode.ts';

/** Everything a feature depends on besides the picture. The backend is not among it: all agree within rounding. */
export interface FeatureKey extends DecodeOptions {
  architecture: string;
  /** How pixels are scaled before they enter the network. */
  preprocessing: string;
  /** Content hash of the frozen weights, computed over exactly the tensors below the cut. */
  weightsHash: string;
  /** Name of the layer whose output is cached. */
  layer: string;
  /** Which augmented variant, or null for the picture as it is. */
  variant?: string | null;
}

/** Goes up whenever the same weights and pixels would give other features. */
const featureVersion = 1;

/**
 * Opens the cache of one cut through one frozen network, in the project's cache folder. Rows are float32,
 * `width` numbers each, found by the SHA-256 of the picture's file; see `RowPack` for reading and appending.
 */
export function openFeatureCache(cacheDir: string, key: FeatureKey, width: number): Promise<RowPack> {
  const { size, mode, architecture, preprocessing, weightsHash, layer, variant = null } = key;
  const fields = { size, mode, architecture, preprocessing, weightsHash, layer, variant, width };
  return openRowPack(
    join(cacheDir, 'features'),
    { ...fields, decoder: decoderVersion, version: featureVersion },
    width * Float32Array.BYTES_PER_ELEMENT,
  );
}
