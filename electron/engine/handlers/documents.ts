import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { packCapsule, unpackCapsule } from '../capsule/capsule.ts';
import { thumbnailBytes } from '../data/decode.ts';
import { ImageError } from '../data/formats/image-error.ts';
import { writeBeside } from '../tensors/write-beside.ts';
import type { EngineHandlers } from './context.ts';

/** Side of a picture in a report, in pixels: sharp on paper, small in a mail. */
const pictureSize = 200;

export const documentHandlers: Pick<EngineHandlers, 'writeReport' | 'packCapsule' | 'unpackCapsule'> = {
  packCapsule: ({ out, facts, files }, { progress, signal }) =>
    packCapsule(out, facts, files, signal, (done, total) => progress({ done, total })),
  unpackCapsule: ({ file, into }, { progress, signal }) =>
    unpackCapsule(file, into, signal, (done, total) => progress({ done, total })),
  async writeReport({ data, language, out }) {
    // Drawing charts is a large library, and few processes draw any.
    const { reportDocument } = await import('../../report/report.ts');
    const pictures: (string | null)[] = [];
    for (const { path } of data.mistakes.shown) pictures.push(await pictureUri(path));
    const weightsHash = await sha256Of(data.weights.path);
    await writeBeside(out, reportDocument(data, { pictures, weightsHash }, language));
    return null;
  },
};

/** A small picture as a data URI; null where there is none to be had. */
async function pictureUri(path: string): Promise<string | null> {
  try {
    const bytes = await thumbnailBytes(path, pictureSize);
    return `data:image/webp;base64,${bytes.toString('base64')}`;
  } catch (error) {
    if (error instanceof ImageError) return null;
    throw error;
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
