import { stat } from 'node:fs/promises';

/** Whether a path leads to a file, through links. */
export function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}
