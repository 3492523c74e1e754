import { lab } from '../../bridge.ts';

/** A file with its path below what was dropped. */
export interface DroppedFile {
  path: string;
  file: File;
}

/** Bytes sent with one call: well under the frame limit of the browser's connection. */
const pieceBytes = 4 * 1024 * 1024;

/** What was dropped, folders with all that lies in them. The entries must be asked for before the event ends. */
export async function filesOfDrop(data: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return [...data.files].map((file) => ({ path: file.name, file }));
  const files: DroppedFile[] = [];
  for (const entry of entries) await gather(entry, '', files);
  return files;
}

async function gather(entry: FileSystemEntry, above: string, files: DroppedFile[]): Promise<void> {
  const path = above + entry.name;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    files.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A folder is read in pieces of a hundred or so, until none is left.
    const inner = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (inner.length === 0) return;
    for (const one of inner) await gather(one, `${path}/`, files);
  }
}

/** Hands files over to the lab, a piece at a time; answers the name of the upload. */
export async function upload(
  files: readonly DroppedFile[],
  onProgress: (done: number, total: number) => void,
): Promise<string> {
  const name = crypto.randomUUID();
  for (const [index, { path, file }] of files.entries()) {
    onProgress(index, files.length);
    for (let start = 0; start === 0 || start < file.size; start += pieceBytes) {
      const data = await base64Of(file.slice(start, start + pieceBytes));
      await lab().call('uploads.write', { upload: name, path, data });
    }
  }
  return name;
}

function base64Of(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => {
      const url = String(reader.result);
      resolve(url.slice(url.indexOf(',') + 1));
    });
    reader.addEventListener('error', () => reject(reader.error ?? new Error('unreadable')));
    reader.readAsDataURL(piece);
  });
}
