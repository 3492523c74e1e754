/** The same values as a chart's, as a table: what is read with one key and copied as CSV. */
export interface ChartTable {
  columns: string[];
  rows: (string | number | null)[][];
}

function cell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV as RFC 4180 has it: commas, CRLF, quotes doubled. */
export function csv(table: ChartTable): string {
  return [table.columns, ...table.rows].map((row) => row.map(cell).join(',')).join('\r\n');
}
