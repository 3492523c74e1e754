import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { GraftError } from '../../../../shared/errors.ts';
import { orUnwritable } from '../../tensors/write-beside.ts';
import type { ByteReader } from '../../weights/byte-reader.ts';
import { packedStart } from '../../weights/formats/zip.ts';
import type { ZipEntry } from '../../weights/formats/zip.ts';

/**
 * Writes one entry of an archive to a new file, a piece at a time. Length and checksum must be what the directory
 * says; a file that is not stays not.
 * @throws GraftError weights.damaged for the entry, file.unwritable for the disk
 */
export async function extractFile(reader: ByteReader, entry: ZipEntry, path: string): Promise<void> {
  if (entry.method !== 0 && entry.method !== 8) throw damaged(reader, entry, `method ${entry.method}`);
  const start = packedStart(reader, entry);
  await orUnwritable(path, () => mkdir(dirname(path), { recursive: true }));
  const check = checked(reader, entry);
  const end = start + entry.packedBytes - 1;
  const source = entry.packedBytes === 0 ? emptySource() : createReadStream(reader.path, { start, end });
  const target = createWriteStream(path, { flags: 'wx' });
  try {
    if (entry.method === 8) await pipeline(source, createInflateRaw(), check, target);
    else await pipeline(source, check, target);
  } catch (error) {
    await rm(path, { force: true });
    throw reasonOf(error, reader, entry, path);
  }
}

const emptySource = () => (function* (): Generator<Buffer> {})();

/** Lets at most the promised bytes through, and ends well only with all of them and the right checksum. */
function checked(reader: ByteReader, entry: ZipEntry): Transform {
  let length = 0;
  let sum = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      length += chunk.length;
      sum = crc32(chunk, sum);
      if (length > entry.bytes) next(damaged(reader, entry, `unpacks to more than ${entry.bytes} bytes`));
      else next(null, chunk);
    },
    flush(done) {
      if (length === entry.bytes && sum === entry.crc32) done();
      else done(damaged(reader, entry, 'differs from its checksum'));
    },
  });
}

function reasonOf(error: unknown, reader: ByteReader, entry: ZipEntry, path: string): unknown {
  if (error instanceof GraftError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  if (code.startsWith('Z_') || code.startsWith('ERR_')) return damaged(reader, entry, code);
  return new GraftError('file.unwritable', { path, detail: code }, { cause: error });
}

function damaged({ path }: ByteReader, { name }: ZipEntry, detail: string): GraftError {
  return new GraftError('weights.damaged', { path, detail: `${name} ${detail}` });
}
