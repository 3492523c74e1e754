import type { Split } from '../../../../shared/contract/projects.ts';

/** Names people give to the folders and table cells of a split, in lower case. */
const splitNames: Record<string, Split> = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
};

/** The split a folder or cell name stands for, in any capitalisation, or null. */
export function splitOfName(name: string): Split | null {
  const key = name.trim().toLowerCase();
  return Object.hasOwn(splitNames, key) ? (splitNames[key] ?? null) : null;
}

const systemNames = new Set([
  'desktop.ini',
  'thumbs.db',
  'ehthumbs.db',
  'icon\r',
  '__macosx',
  '$recycle.bin',
]);

/** Files and folders that systems leave behind: hidden ones, AppleDouble `._*`, thumbnails. */
export function isSystemName(name: string): boolean {
  return name.startsWith('.') || systemNames.has(name.toLowerCase());
}

/** A class name from a folder or cell: composed and decomposed accents are the same class. */
export function className(name: string): string {
  return name.normalize('NFC').trim();
}
