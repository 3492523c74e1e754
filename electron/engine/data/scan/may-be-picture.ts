import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { extensionOf, formatOfExtension, signatureBytes, sniffFormat } from '../formats/signatures.ts';

const tableExtensions = ['csv', 'tsv', 'txt', 'tab'];

/**
 * Whether a file is worth inspecting as a picture. A picture's extension is enough, so that a broken one
 * is listed with its reason; otherwise the first bytes decide.
 */
export async function mayBePicture(path: string): Promise<boolean> {
  const extension = extensionOf(basename(path));
  if (formatOfExtension(extension) !== null) return true;
  if (tableExtensions.includes(extension)) return false;
  const start = Buffer.alloc(signatureBytes);
  try {
    const file = await open(path, 'r');
    try {
      const { bytesRead } = await file.read(start, 0, signatureBytes, 0);
      return sniffFormat(start.subarray(0, bytesRead)) !== null;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
