/** What a command has to say: the value behind `--json`, and the same for a reader. */
export interface Outcome {
  value: unknown;
  text: string;
}

/** Exactly one document on stdout, or nothing but text. */
export function print({ value, text }: Outcome, json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text && `${text}\n`);
}

export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Rows as aligned columns; columns of numbers to the right. */
export function table(header: string[], rows: (string | number)[][]): string {
  const cells = [header, ...rows.map((row) => row.map(String))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const right = header.map((_, column) => rows.length > 0 && rows.every((row) => isNumber(row[column])));
  const line = (row: string[]): string =>
    row
      .map((cell, column) => (right[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd();
  return cells.map(line).join('\n');
}

/** The same rows as a table in Markdown. */
export function markdownTable(header: string[], rows: (string | number)[][]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Name and value, one pair a line. */
export function list(pairs: Record<string, string | number | null>): string {
  const width = Math.max(...Object.keys(pairs).map((name) => name.length));
  return Object.entries(pairs)
    .map(([name, value]) => `${name.padEnd(width)}  ${value ?? '-'}`)
    .join('\n');
}

export function percent(fraction: number | null | undefined): string {
  return fraction === null || fraction === undefined ? '-' : `${(fraction * 100).toFixed(2)} %`;
}

/** A difference of shares in percentage points, with its sign. */
export function points(share: number): string {
  return `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)}`;
}

export function interval([low, high]: readonly [number, number], draw: (value: number) => string): string {
  return `${draw(low)} to ${draw(high)}`;
}

/** Seconds as a person says them: 40 s, 12 min, 3.5 h. */
export function duration(value: number): string {
  if (value < 90) return `${Math.ceil(value)} s`;
  return value < 5400 ? `${Math.round(value / 60)} min` : `${(value / 3600).toFixed(1)} h`;
}

export function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function isNumber(cell: string | number | undefined): boolean {
  return typeof cell === 'number' || /^-?[\d.,]+( %| s| MB)?$|^-$/.test(cell ?? '');
}
