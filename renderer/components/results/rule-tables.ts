import type { SetReport, ThresholdSweep } from '../../../shared/contract/index.ts';
import type { ChartTable } from '../../../shared/table.ts';

type Words = (key: string) => string;

const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

/** What every threshold does to the pictures looked at, and to validation where it is known: one row each, strictest first. */
export function thresholdTable(sweep: ThresholdSweep, judgedName: string, t: Words): ChartTable {
  const sides = [
    ...(sweep.validation
      ? [{ name: t('threshold.validation'), key: 'validation' as const, totals: sweep.validation }]
      : []),
    { name: judgedName, key: 'judged' as const, totals: sweep.judged },
  ];
  const kinds = ['threshold.hits', 'threshold.alarms', 'results.precision', 'results.recall'];
  return {
    columns: [
      t('threshold.title'),
      ...sides.flatMap(({ name }) => kinds.map((kind) => `${t(kind)}, ${name}`)),
    ],
    rows: sweep.points.map((point) => [
      point.threshold,
      ...sides.flatMap(({ key, totals }) => {
        const [hits, alarms] = point[key] ?? [0, 0];
        return [hits, alarms, share(hits, hits + alarms), share(hits, totals.positives)];
      }),
    ]),
  };
}

/** How many prediction sets hold how many classes; sizes nothing has are left out. */
export function setSizeTable(report: SetReport | null, t: Words): ChartTable {
  const sizes = report?.sizes ?? [];
  const images = sizes.reduce((sum, count) => sum + count, 0);
  return {
    columns: [t('knowledge.classesInSet'), t('knowledge.images'), t('knowledge.share')],
    rows: sizes.flatMap((count, size) => (count > 0 ? [[size, count, count / images]] : [])),
  };
}
