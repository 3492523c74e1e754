import { z } from 'zod';
import { csvCell } from './csv.ts';

/** The same values as a chart's, as a table: what is read with one key and copied as CSV. */
export const tableSchema = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
});
export type ChartTable = z.infer<typeof tableSchema>;

const cell = (value: string | number | null): string =>
  typeof value === 'string' ? csvCell(value) : String(value ?? '');

/** CSV as RFC 4180 has it: commas, CRLF, quotes doubled. */
export function csv(table: ChartTable): string {
  return [table.columns, ...table.rows].map((row) => row.map(cell).join(',')).join('\r\n');
}

/** Rows as objects, one a line: what every language reads without knowing the order of columns. */
export function tableJson({ columns, rows }: ChartTable): string {
  const lines = rows.map((row) =>
    JSON.stringify(Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]))),
  );
  return `[\n${lines.join(',\n')}\n]`;
}
