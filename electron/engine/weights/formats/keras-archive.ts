import { GraftError } from '../../../../shared/errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import { openKerasH5 } from './keras-h5.ts';
import { layerNamesOfConfig } from './keras3-names.ts';
import type { WeightSource } from '../source.ts';
import { openEntry } from './zip.ts';
import type { ZipEntry } from './zip.ts';

const configName = 'config.json';
export const archivedWeights = 'model.weights.h5';
const maxConfigBytes = 64 * 2 ** 20;

/**
 * Opens a .keras file: an archive of config.json and model.weights.h5.
 * @throws GraftError weights.*
 */
export function openKerasArchive(
  path: string,
  reader: ByteReader,
  entries: Map<string, ZipEntry>,
): WeightSource {
  const config = entries.get(configName);
  const weights = entries.get(archivedWeights);
  if (!config || !weights) {
    throw new GraftError('weights.missing-part', { path, part: config ? archivedWeights : configName });
  }
  if (config.bytes > maxConfigBytes) {
    throw new GraftError('weights.damaged', { path, detail: `${configName} of ${config.bytes} bytes` });
  }
  const text = openEntry(reader, config);
  const names = layerNamesOfConfig(text.bytes(0, text.size).toString('utf8'));
  if (!names)
    throw new GraftError('weights.damaged', { path, detail: `${configName} does not describe a model` });
  const source = openKerasH5(openEntry(reader, weights), 'keras-archive', names);
  return { ...source, close: () => reader.close() };
}
