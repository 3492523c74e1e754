/**
 * Cells of a CSV as RFC 4180 writes them, and safe to open in a spreadsheet.
 *
 * A spreadsheet takes a cell that begins with = + - @ for a formula and may run it. Such a cell is written with an
 * apostrophe in front, which spreadsheets take for "this is text"; reading takes it away again, so that a label
 * comes back as it was. Numbers may begin with a sign and are left as they are.
 */
const formula = /^'*[=+\-@\t\r]/;
const guarded = /^'+[=+\-@\t\r]/;
const plainNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const needsQuotes = /[",\r\n]|^\s|\s$/;

/** A text as one cell of a comma-separated row. */
export function csvCell(text: string): string {
  const safe = formula.test(text) && !plainNumber.test(text) ? `'${text}` : text;
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One row, with the line end of RFC 4180. */
export const csvRow = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** A cell's text without the apostrophe that `csvCell` puts before what looks like a formula. */
export const withoutGuard = (cell: string): string => (guarded.test(cell) ? cell.slice(1) : cell);
