import { GraftError } from '../../../../shared/errors.ts';
import { openBytes } from '../byte-reader.ts';
import type { ByteReader } from '../byte-reader.ts';
import { archivedWeights, openKerasArchive } from './keras-archive.ts';
import { findPickle, openPytorch } from './pytorch/archive.ts';
import type { WeightFormat, WeightSource } from '../source.ts';
import { isZip, readZip } from './zip.ts';

/** The formats that are ZIP archives; what lies in them tells which. */
export const archives: WeightFormat = {
  id: 'archive',
  title: 'Keras 3 .keras, PyTorch .pth',
  match: (head) => isZip(head),
  open: (path) => {
    const reader = openBytes(path);
    try {
      return Promise.resolve(openArchive(path, reader));
    } catch (error) {
      reader.close();
      return Promise.reject(error as Error);
    }
  },
};

function openArchive(path: string, reader: ByteReader): WeightSource {
  const entries = readZip(reader);
  const pickle = findPickle(entries);
  if (pickle) return openPytorch(path, reader, entries, pickle);
  if (entries.has(archivedWeights) || entries.has('config.json'))
    return openKerasArchive(path, reader, entries);
  const known = `an archive with ${archivedWeights} (.keras) or data.pkl (.pth)`;
  const names = [...entries.keys()].slice(0, 3).join(', ');
  throw new GraftError('weights.not-weights', { path, detail: `an archive of ${names || 'nothing'}`, known });
}
