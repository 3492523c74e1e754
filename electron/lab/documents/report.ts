import { createHash } from 'node:crypto';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { classColor } from '../../../shared/class-colors.ts';
import type { Comparison, FreezingProof } from '../../../shared/contract/index.ts';
import { GraftError, type Language } from '../../../shared/errors.ts';
import { MOST_PICTURES, type ReportData } from '../../report/report-data.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import { absolutePath } from '../items/item-paths.ts';
import type { OpenProject } from '../project-keeper.ts';
import { requireModel, runFolder } from '../runs/run-files.ts';
import { rowOf } from '../runs/runs.ts';
import type { Answers, Which } from './documents.ts';

interface Wanted extends Which {
  against: string | null;
  language: Language;
  out: string;
}

/**
 * Writes the report of a run. The media process makes the document, and the host prints it where a PDF is wanted.
 * @throws GraftError run.unknown, run.unfinished, report.ending, report.no-printer, file.unwritable
 */
export async function writeReport(
  lab: LabContext,
  answers: Answers,
  { out, language, ...wanted }: Wanted,
): Promise<{ path: string; bytes: number }> {
  const path = resolve(out);
  const ending = extname(path).toLowerCase();
  if (ending !== '.html' && ending !== '.pdf') throw new GraftError('report.ending', { path });
  const print = lab.options.printPdf;
  if (ending === '.pdf' && !print) throw new GraftError('report.no-printer', { path });
  const run = rowOf(lab.projects.current, wanted.run);
  requireModel(lab.projects.current, run);
  const about = { kind: 'export' as const, subject: basename(path), run: run.id };
  const { result } = lab.jobs.start(about, async (job) => {
    job.progress({ phase: 'evaluate', done: 0, total: 0 });
    const data = await reportData(lab, answers, wanted);
    job.progress({ phase: 'write', done: 0, total: 0 });
    const write = (file: string) =>
      requestUntil(job.signal, lab.engines.media, 'writeReport', { data, language, out: file });
    if (ending === '.pdf' && print) await printed(path, write, print);
    else await write(path);
    return { path, bytes: (await stat(path)).size };
  });
  return result;
}

/** Prints the document from a folder of its own; the PDF appears under its name once it is whole. */
async function printed(
  path: string,
  write: (file: string) => Promise<unknown>,
  print: (html: string, pdf: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-report-'));
  const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    const document = join(folder, 'report.html');
    await write(document);
    await print(document, part);
    await rename(part, path);
  } catch (error) {
    if (error instanceof GraftError) throw error;
    const detail = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new GraftError('file.unwritable', { path, detail }, { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(part, { force: true });
  }
}

async function reportData(
  lab: LabContext,
  answers: Answers,
  { against, ...which }: Which & { against: string | null },
): Promise<ReportData> {
  const project = lab.projects.current;
  const { run, epochs } = await answers['runs.get']({ id: which.run });
  const evaluation = await answers['evaluations.get'](which);
  const sample = { by: 'confidence' as const, offset: 0, limit: MOST_PICTURES };
  const mistakes = await answers['evaluations.mistakes']({ ...which, ...sample });
  const paths = new Map(
    project.store.items
      .byIds(mistakes.items.map(({ itemId }) => itemId))
      .map((item) => [item.id, absolutePath(project.dir, item.path)]),
  );
  const weights = join(runFolder(project, run.id), 'weights.safetensors');
  return {
    version: lab.options.version,
    madeAt: new Date().toISOString(),
    project: project.store.project.get().name,
    run,
    epochs,
    evaluation,
    colors: classColors(project, rowOf(project, run.id)),
    calibration: await answers['evaluations.calibration'](which),
    comparison: await comparisonWith(answers, which, against),
    freezing: freezingFacts(await answers['runs.freezing']({ id: run.id })),
    data: dataFacts(project, rowOf(project, run.id)),
    mistakes: {
      total: mistakes.total,
      shown: mistakes.items.map((item) => ({
        name: item.name,
        path: paths.get(item.itemId) ?? '',
        truth: item.truth,
        predicted: item.predicted,
        probability: item.probabilities[item.predicted] ?? 0,
      })),
    },
    certificates: await answers['exports.list']({ run: run.id }),
    weights: { path: weights, bytes: (await stat(weights)).size },
    split: which.split,
  };
}

function classColors({ store }: OpenProject, run: RunRow): string[] {
  const known = new Map(store.classes.all().map(({ id, color }) => [id, color]));
  return run.classIds.map((id, index) => classColor(known.get(id ?? -1) ?? index));
}

/** The other run stands first: the verdict is about the one the report is of. */
async function comparisonWith(
  answers: Answers,
  { run, split, collection }: Which,
  against: string | null,
): Promise<Comparison | null> {
  if (against === null) return null;
  return answers['comparisons.get']({ runs: [against, run], split, collection });
}

function freezingFacts(proof: FreezingProof | null): ReportData['freezing'] {
  if (!proof) return null;
  const frozen = proof.layers.filter((layer) => layer.frozen);
  return {
    frozenLayers: frozen.length,
    trainedLayers: proof.layers.length - frozen.length,
    frozenValues: frozen.reduce((sum, { values }) => sum + values, 0),
  };
}

/** Pictures of each class by split, and one hash that stands for all of them. */
function dataFacts({ store }: OpenProject, run: RunRow): ReportData['data'] {
  const items = store.items.usable(run.recipe.data.collection).filter(({ split }) => split !== null);
  const rows = new Map(
    run.classIds.map((id, index) => [
      id,
      { name: run.classes[index] ?? '', train: 0, validation: 0, test: 0 },
    ]),
  );
  for (const { classId, split } of items) {
    const row = rows.get(classId);
    if (row && split) row[split]++;
  }
  const hash = createHash('sha256');
  for (const { sha256 } of items.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1)))
    hash.update(`${sha256}\n`);
  return { rows: [...rows.values()], picturesHash: hash.digest('hex') };
}
