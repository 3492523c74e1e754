/**
 * Names that every common file system takes and no program mistakes for something else: without path separators,
 * characters that Windows reserves, control characters, leading dots (hidden), trailing dots and spaces, and the
 * device names of Windows.
 */
const unsafe = /[<>:"/\\|?*\u0000-\u001f\u007f]/g;
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** Under the 255 bytes of common file systems, with room for a number. */
const mostBytes = 200;

/** A text as the name of one file or folder; equal texts give equal names. */
export function safeName(text: string): string {
  const plain = text
    .normalize('NFC')
    .replace(unsafe, '_')
    .replace(/^[. ]+/, '_')
    .replace(/[. ]+$/, '_');
  const named = reserved.test(plain) ? `_${plain}` : plain;
  return shortened(named, mostBytes) || '_';
}

/** The longest beginning of a text that takes at most `bytes` bytes in UTF-8, without cutting a character. */
export function shortened(text: string, bytes: number): string {
  let short = '';
  let length = 0;
  for (const character of text) {
    length += new TextEncoder().encode(character).length;
    if (length > bytes) break;
    short += character;
  }
  return short;
}
