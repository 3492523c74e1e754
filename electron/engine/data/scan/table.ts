import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, isAbsolute, resolve, sep } from 'node:path';
import { CsvError, parse } from 'csv-parse';
import { GraftError } from '../../../../shared/errors.ts';
import { withoutGuard } from '../../../../shared/csv.ts';
import { className, splitOfName } from './names.ts';
import { isFile } from './is-file.ts';
import { batchSize } from './batch.ts';
import type { ScanBatch, SkippedFile, SourceEntry } from './batch.ts';

/** Where in a row the path, the label and the split stand; -1 for a column that is not there. */
interface Columns {
  path: number;
  label: number;
  split: number;
  /** Further columns of a header, by what they are called. */
  attributes: readonly { name: string; column: number }[];
}

type NamedColumn = 'path' | 'label' | 'split';

/** Header names, in lower case, that say what a column holds. */
const headerNames: Record<NamedColumn, readonly string[]> = {
  path: [
    'path',
    'file',
    'filename',
    'file_name',
    'filepath',
    'file_path',
    'image',
    'image_path',
    '路径',
    '文件',
  ],
  label: ['label', 'labels', 'class', 'class_name', 'category', 'target', '标签', '类别'],
  split: ['split', 'set', 'subset', 'partition', 'fold', '划分'],
};

const positional: Columns = { path: 0, label: 1, split: 2, attributes: [] };

/** Further columns that are kept; what a table has beyond them says nothing of how to split. */
const mostAttributes = 32;
const longestName = 100;
const longestValue = 500;

/** A row longer than this is no path and label: the file is something else. */
const maxRowCharacters = 100_000;

/**
 * Lists a CSV or TSV of path,label[,split]. A header is optional; the separator (comma, semicolon or tab)
 * is found from the first line; relative paths start at the table's own folder. An empty label means unlabelled.
 * Further columns of a header (patient, camera, session) become attributes of the picture.
 * @throws GraftError import.table-malformed (with the line), import.table-encoding, file.unreadable
 */
export async function* scanTable(path: string): AsyncGenerator<ScanBatch> {
  const folder = dirname(resolve(path));
  const seen = new Set<string>();
  let columns: Columns | null = null;
  let batch: ScanBatch = { entries: [], skipped: [] };
  for await (const row of rowsOf(path)) {
    if (columns === null) {
      columns = columnsOfHeader(row);
      if (columns) continue;
      columns = positional;
    }
    await addRow(batch, row, columns, folder, seen);
    if (batch.entries.length + batch.skipped.length >= batchSize) {
      yield batch;
      batch = { entries: [], skipped: [] };
    }
  }
  yield batch;
}

async function addRow(
  batch: ScanBatch,
  row: string[],
  columns: Columns,
  folder: string,
  seen: Set<string>,
): Promise<void> {
  const written = row[columns.path] ?? '';
  if (written === '') return;
  const result = await resolveRow(written, row, columns, folder, seen);
  if ('reason' in result) batch.skipped.push(result);
  else batch.entries.push(result);
}

async function resolveRow(
  written: string,
  row: string[],
  columns: Columns,
  folder: string,
  seen: Set<string>,
): Promise<SourceEntry | SkippedFile> {
  const path = await locate(written, folder);
  if (path === null) return { path: written, reason: 'missing-file' };
  if (seen.has(path)) return { path, reason: 'listed-twice' };
  seen.add(path);
  const splitText = row[columns.split]?.trim() ?? '';
  const split = splitOfName(splitText);
  if (splitText !== '' && split === null) return { path, reason: 'unknown-split' };
  const label = className(withoutGuard(row[columns.label] ?? '')) || null;
  return { path, label, split, ...attributesOf(row, columns) };
}

function attributesOf(row: string[], { attributes }: Columns): Pick<SourceEntry, 'attributes'> {
  const found = attributes.flatMap(({ name, column }) => {
    const value = withoutGuard(row[column] ?? '').trim();
    return value === '' ? [] : [[name, value.slice(0, longestValue)] as const];
  });
  return found.length > 0 ? { attributes: Object.fromEntries(found) } : {};
}

/** The file a row means: as written, without surrounding spaces, or with Windows separators turned. */
async function locate(written: string, folder: string): Promise<string | null> {
  const spellings = new Set([written, written.trim()]);
  if (sep === '/') spellings.add(written.trim().replaceAll('\\', '/'));
  for (const spelling of spellings) {
    if (spelling.includes('\0')) continue;
    const path = isAbsolute(spelling) ? spelling : resolve(folder, spelling);
    if (await isFile(path)) return path;
  }
  return null;
}

/** The columns if the row is a header, by its names; null if it is data. */
function columnsOfHeader(row: string[]): Columns | null {
  const names = row.map((cell) => cell.trim().toLowerCase());
  const find = (column: NamedColumn) => names.findIndex((name) => headerNames[column].includes(name));
  const named = { path: find('path'), label: find('label'), split: find('split') };
  if (named.path === -1) return null;
  const taken = new Set(Object.values(named));
  const attributes = row
    .map((cell, column) => ({ name: withoutGuard(cell).trim().slice(0, longestName), column }))
    .filter(({ name, column }) => name !== '' && !taken.has(column))
    .slice(0, mostAttributes);
  return { ...named, attributes };
}

/** Whether a table's header names both a path and a label: then it is a list of pictures, whatever else lies beside it. */
export async function isManifest(path: string): Promise<boolean> {
  try {
    for await (const row of rowsOf(path)) {
      const columns = columnsOfHeader(row);
      return columns !== null && columns.label !== -1;
    }
  } catch (error) {
    if (!(error instanceof GraftError)) throw error;
  }
  return false;
}

async function* rowsOf(path: string): AsyncGenerator<string[]> {
  const { encoding, delimiter } = await sniffTable(path);
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: maxRowCharacters,
  });
  const stream = createReadStream(path, { encoding });
  stream.on('error', (error) => parser.destroy(error));
  stream.pipe(parser);
  try {
    for await (const row of parser) yield row as string[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw unreadable(path, error);
    const line = typeof error.lines === 'number' ? error.lines : parser.info.lines;
    throw new GraftError('import.table-malformed', { path, line }, { cause: error });
  } finally {
    stream.destroy();
  }
}

const sniffBytes = 64 * 1024;

/** UTF-16 (Excel's "Unicode text") is known by its mark; anything else must be UTF-8. */
async function sniffTable(path: string): Promise<{ encoding: BufferEncoding; delimiter: string }> {
  const start = await readStart(path);
  const encoding = start[0] === 0xff && start[1] === 0xfe ? 'utf16le' : 'utf8';
  if (encoding === 'utf8') {
    if (start.includes(0)) throw new GraftError('import.not-a-table', { path });
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true });
    } catch (error) {
      throw new GraftError('import.table-encoding', { path }, { cause: error });
    }
  }
  const firstLine = start.toString(encoding).split(/[\r\n]/, 1)[0] ?? '';
  return { encoding, delimiter: delimiterOf(firstLine) };
}

/** The first line's most frequent separator outside quotes. */
function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '');
  const count = (character: string) => bare.split(character).length - 1;
  if (count('\t') > 0) return '\t';
  return count(';') > count(',') ? ';' : ',';
}

async function readStart(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(sniffBytes), 0, sniffBytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): GraftError {
  const detail = (error as NodeJS.ErrnoException).code ?? String(error);
  return new GraftError('file.unreadable', { path, detail }, { cause: error });
}
