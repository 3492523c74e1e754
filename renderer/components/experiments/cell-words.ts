import type { RunLine } from '../../../shared/contract/index.ts';
import { runColumns, type RunColumn } from '../../../shared/run-columns.ts';
import { bytes, compactCount, dateTime, duration, percent, rate, score } from '../../format.ts';

/** What the words of a cell need from around it. */
export interface WordSources {
  t: (key: string, params?: Record<string, unknown>) => string;
  locale: string;
  architecture: (id: string) => string;
  run: (id: string) => string;
}

export const unknownWord = '–';

/** A value of the table as a person reads it. Codes of the recipe are put into words. */
export function cellWords(column: RunColumn, value: string | number | null, sources: WordSources): string {
  if (value === null || value === '')
    return column === 'collection' ? sources.t('columns.everything') : unknownWord;
  const { form } = runColumns[column];
  if (form === 'text') return textWords(column, String(value), sources);
  const number = Number(value);
  switch (form) {
    case 'share':
      return percent(number);
    case 'score':
      return score(number);
    case 'rate':
      return rate(number);
    case 'seconds':
      return duration(number);
    case 'bytes':
      return bytes(number);
    case 'flag':
      return sources.t(number === 1 ? 'words.yes' : 'words.no');
    case 'date':
      return dateTime(String(value), sources.locale);
    case 'count':
      return column === 'trainable' ? compactCount(number) : String(Math.round(number));
    case 'number':
      return String(number);
  }
}

const coded: Partial<Record<RunColumn, (value: string) => string>> = {
  kind: (value) => `terms.kind.${value}`,
  status: (value) => `terms.run.${value}`,
  optimizer: (value) => `terms.optimizer.${value}`,
  schedule: (value) => `terms.schedule.${value}`,
  classWeights: (value) => `columns.weights.${value}`,
  sampling: (value) => `columns.drawn.${value}`,
};

function textWords(column: RunColumn, value: string, sources: WordSources): string {
  const key = coded[column]?.(value);
  if (key) return sources.t(key);
  if (column === 'backbone') return backboneWords({ backbone: value, randomWeights: false }, sources);
  if (column === 'cut' && ['head', 'all', 'layers'].includes(value))
    return sources.t(`columns.trained.${value}`);
  return value;
}

/** What was carried over, by the name a person knows it by. */
export function backboneWords(
  { backbone, randomWeights }: Pick<RunLine, 'backbone' | 'randomWeights'>,
  { t, architecture, run }: WordSources,
): string {
  if (backbone === null) return unknownWord;
  if (backbone.startsWith('run:')) return run(backbone.slice('run:'.length));
  const name = architecture(backbone);
  return randomWeights ? t('train.randomWeights', { name }) : name;
}

export const isNumeric = (column: RunColumn): boolean =>
  !['text', 'date', 'flag'].includes(runColumns[column].form);

/** Room for a column: at least so many pixels, and its share of what is left. */
function roomFor(column: RunColumn): { least: number; share: number } {
  if (column === 'name') return { least: 180, share: 2.4 };
  if (column === 'number') return { least: 56, share: 0 };
  if (column === 'status') return { least: 112, share: 0 };
  if (column === 'created') return { least: 140, share: 0.6 };
  if (isNumeric(column)) return { least: 84, share: 0.4 };
  return { least: 110, share: 1 };
}

/** Before the columns stand the mark and the star. */
const before = [32, 28];

/** The columns as a CSS grid, and the pixels below which the table scrolls sideways. */
export function tableGrid(columns: readonly RunColumn[]): { gridTemplateColumns: string; minWidth: string } {
  const rooms = columns.map(roomFor);
  const tracks = rooms.map(({ least, share }) =>
    share > 0 ? `minmax(${least}px, ${share}fr)` : `${least}px`,
  );
  const padding = 16;
  const least = [...before, ...rooms.map((room) => room.least)].reduce((sum, room) => sum + room, padding);
  return {
    gridTemplateColumns: [...before.map((pixels) => `${pixels}px`), ...tracks].join(' '),
    minWidth: `${least}px`,
  };
}
