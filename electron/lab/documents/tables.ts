import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { tableNames, type TableName } from '../../../shared/contract/documents/documents.ts';
import type { Curve } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { csv, tableJson, type ChartTable } from '../../../shared/table.ts';
import type { LabContext } from '../context.ts';
import { rowOf } from '../runs/runs.ts';
import type { Answers, Which } from './documents.ts';

/** Column names are those of the field, in English: what reads a table is a program. */
const makers: Record<TableName, (lab: LabContext, answers: Answers, which: Which) => Promise<ChartTable>> = {
  predictions,
  async confusion(_lab, answers, which) {
    const { classes, confusion } = await answers['evaluations.get'](which);
    return {
      columns: ['truth', ...classes],
      rows: confusion.map((row, index) => [classes[index] ?? '', ...row]),
    };
  },
  async report(_lab, answers, which) {
    const { report, averages } = await answers['evaluations.get'](which);
    return {
      columns: ['class', 'precision', 'recall', 'f1', 'support'],
      rows: [...report, ...averages].map((row) => [row.name, row.precision, row.recall, row.f1, row.support]),
    };
  },
  async roc(_lab, answers, which) {
    const { roc } = await answers['evaluations.get'](which);
    return curveTable(roc, ['false_positive_rate', 'true_positive_rate']);
  },
  async 'precision-recall'(_lab, answers, which) {
    const { precisionRecall } = await answers['evaluations.get'](which);
    return curveTable(precisionRecall, ['recall', 'precision']);
  },
  async calibration(_lab, answers, which) {
    const { asIs, scaled } = await answers['evaluations.calibration'](which);
    const kinds = [['as is', asIs] as const, ...(scaled ? [['scaled', scaled] as const] : [])];
    return {
      columns: [
        'probabilities',
        'from',
        'to',
        'count',
        'confidence',
        'accuracy',
        'accuracy_low',
        'accuracy_high',
      ],
      rows: kinds.flatMap(([kind, { bins }]) =>
        bins.map((bin) => [
          kind,
          bin.low,
          bin.high,
          bin.count,
          bin.confidence,
          bin.accuracy,
          bin.interval?.[0] ?? null,
          bin.interval?.[1] ?? null,
        ]),
      ),
    };
  },
  async epochs(_lab, answers, { run }) {
    const { epochs } = await answers['runs.get']({ id: run });
    return {
      columns: ['epoch', 'stage', 'loss', 'accuracy', 'val_loss', 'val_accuracy', 'learning_rate', 'seconds'],
      rows: epochs.map((row) => [
        row.epoch,
        row.stage + 1,
        row.loss,
        row.accuracy,
        row.valLoss,
        row.valAccuracy,
        row.learningRate,
        row.seconds,
      ]),
    };
  },
  runs,
};

/** One table, made from what the screens show. */
export const tableOf = (
  lab: LabContext,
  answers: Answers,
  which: Which,
  table: TableName,
): Promise<ChartTable> => makers[table](lab, answers, which);

/**
 * Writes every table as CSV and as JSON into a folder.
 * @throws GraftError file.unwritable
 */
export async function writeTables(
  lab: LabContext,
  answers: Answers,
  which: Which,
  out: string,
): Promise<{ path: string; files: string[] }> {
  const path = resolve(out);
  const files: string[] = [];
  const tables = new Map<TableName, ChartTable>();
  for (const name of tableNames) tables.set(name, await tableOf(lab, answers, which, name));
  try {
    mkdirSync(path, { recursive: true });
    for (const [name, table] of tables) {
      await writeFile(join(path, `${name}.csv`), `${csv(table)}\r\n`);
      await writeFile(join(path, `${name}.json`), `${tableJson(table)}\n`);
      files.push(`${name}.csv`, `${name}.json`);
    }
  } catch (error) {
    const detail = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new GraftError('file.unwritable', { path, detail }, { cause: error });
  }
  return { path, files };
}

function curveTable(curves: readonly Curve[], axes: [x: string, y: string]): ChartTable {
  return {
    columns: ['curve', 'kind', ...axes, 'area', 'area_low', 'area_high'],
    rows: curves.flatMap(({ name, kind, points, area, interval }) =>
      points.map(([x, y]) => [name, kind, x, y, area, interval?.[0] ?? null, interval?.[1] ?? null]),
    ),
  };
}

/** A row for each judged picture: what it is, what the model said, how sure it was of each class. */
async function predictions(lab: LabContext, answers: Answers, which: Which): Promise<ChartTable> {
  await answers['evaluations.get'](which); // Predicts and stores where nothing is stored yet.
  const project = lab.projects.current;
  const run = rowOf(project, which.run);
  const own = which.collection === run.recipe.data.collection;
  const stored = project.store.predictions.get(run.id, own ? null : which.collection, which.split);
  if (!stored) throw new GraftError('evaluation.no-items', { collection: '', split: which.split });
  const { ids, truths, probabilities } = stored;
  const items = new Map(project.store.items.byIds([...ids]).map((item) => [item.id, item]));
  const width = run.classes.length;
  const rows = [...ids].map((id, row) => {
    const shares = [...probabilities.subarray(row * width, (row + 1) * width)];
    const item = items.get(id);
    return [
      id,
      item?.path ?? '',
      item?.sha256 ?? '',
      run.classes[truths[row] ?? -1] ?? '',
      run.classes[shares.indexOf(Math.max(...shares))] ?? '',
      ...shares,
    ];
  });
  return {
    columns: ['item', 'path', 'sha256', 'truth', 'predicted', ...run.classes.map((name) => `p(${name})`)],
    rows,
  };
}

async function runs({ projects }: LabContext): Promise<ChartTable> {
  const { store } = projects.current;
  const rows = store.runs.newest().map((run) => {
    const summaries = store.summaries.ofRun(run.id).filter(({ collection }) => collection === null);
    const summary = summaries.find(({ split }) => split === 'test') ?? summaries[0];
    const { backbone } = run.recipe;
    const source = backbone === null ? '' : backbone.from === 'library' ? backbone.arch : backbone.run;
    return [
      run.number,
      run.id,
      run.name,
      run.status,
      run.recipe.kind,
      source,
      run.recipe.seed,
      summary?.split ?? '',
      summary?.n ?? null,
      summary?.accuracy ?? null,
      summary?.macroF1 ?? null,
      summary?.rocAuc ?? null,
      summary?.logLoss ?? null,
      run.createdAt,
      run.device,
    ];
  });
  const columns = ['number', 'id', 'name', 'status', 'kind', 'backbone', 'seed', 'split', 'n', 'accuracy'];
  return {
    columns: [...columns, 'macro_f1', 'roc_auc', 'log_loss', 'created_at', 'device'],
    rows,
  };
}
