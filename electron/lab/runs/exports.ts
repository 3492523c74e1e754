import { resolve } from 'node:path';
import { exportEndings } from '../../../shared/contract/documents/exports.ts';
import type { Certificate, ExportFormat, ModelCard } from '../../../shared/contract/index.ts';
import { fitTemperature } from '../../evaluation/calibration/temperature.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { requestUntil } from '../engine-call.ts';
import { absolutePath, storedPath } from '../items/item-paths.ts';
import type { OpenProject } from '../project-keeper.ts';
import { requireModel } from './run-files.ts';
import { decisionOf, type Decision } from '../evaluations/rules.ts';
import { rowOf } from './runs.ts';
import { asPredictions } from '../evaluations/scores.ts';

/** Pictures on which an exported model is compared with the one it came from. */
const MOST_CHECKED = 300;

/** Temperatures beyond these come from pictures that were all right, or all wrong: they say nothing. */
const believableTemperature = { lowest: 0.1, highest: 10 };

export function exportHandlers(lab: LabContext): HandlersOf<'exports'> {
  return {
    'exports.model': (wanted) => exportModel(lab, wanted),
    'exports.list'({ run: id }) {
      const project = lab.projects.current;
      return project.store.artifacts.certificates(rowOf(project, id).id).map((certificate) => ({
        ...certificate,
        path: absolutePath(project.dir, certificate.path),
      }));
    },
  };
}

async function exportModel(
  lab: LabContext,
  { run: id, format, out }: { run: string; format: ExportFormat; out: string },
): Promise<Certificate> {
  const project = lab.projects.current;
  const run = rowOf(project, id);
  requireModel(project, run);
  const path = withEnding(resolve(out), exportEndings[format]);
  const decision = decisionOf(project, run);
  const card = modelCard(lab, run, decision, temperatureOf(project, run, decision));
  const known = decision.novelty && { bank: decision.novelty.bank, k: decision.novelty.k };
  const check = heldOut(project, run);
  const about = { kind: 'export' as const, subject: run.name, run: id };
  const { result } = lab.jobs.start(about, async (job) => {
    const request = { run: id, format, card, known, out: path, check, places: project.places };
    const certificate = await requestUntil(
      job.signal,
      lab.engines.compute,
      'exportModel',
      request,
      ({ done, total }) => job.progress({ phase: 'check', done, total }),
    );
    const stored = storedPath(project.dir, path);
    project.store.artifacts.put(id, {
      kind: format,
      path: stored,
      bytes: certificate.bytes,
      certificate: { ...certificate, path: stored },
    });
    return certificate;
  });
  return result;
}

const withEnding = (path: string, ending: string): string =>
  path.toLowerCase().endsWith(`.${ending}`) ? path : `${path}.${ending}`;

function modelCard(
  lab: LabContext,
  run: RunRow,
  { operatingPoint, novelty }: Decision,
  temperature: number,
): Omit<ModelCard, 'input'> {
  return {
    graft: 1,
    classes: run.classes,
    output: 'probabilities',
    temperature,
    operatingPoint: operatingPoint && {
      ...operatingPoint,
      threshold: tempered(operatingPoint.threshold, temperature),
    },
    unknown: novelty && {
      method: 'neighbours',
      threshold: novelty.threshold,
      accepted: 1 - novelty.falseAlarms,
    },
    run: { id: run.id, number: run.number, name: run.name },
    recipe: run.recipe,
    madeBy: `Graft ${lab.options.version}`,
  };
}

/** A threshold on one of two probabilities as it is once these are scaled: the same pictures reach it. */
function tempered(threshold: number, temperature: number): number {
  if (threshold <= 0 || threshold >= 1) return threshold;
  return 1 / (1 + ((1 - threshold) / threshold) ** (1 / temperature));
}

/**
 * What the run's probabilities are to be scaled by, fitted on its validation pictures; 1 where nothing says so. Of more
 * than two classes scaling changes which pictures reach a threshold: with an operating point they stay as they are.
 */
function temperatureOf({ store }: OpenProject, run: RunRow, { operatingPoint }: Decision): number {
  if (operatingPoint && run.classes.length > 2) return 1;
  const validation = store.predictions.get(run.id, null, 'validation');
  const temperature = validation && fitTemperature(asPredictions(run, validation))?.temperature;
  const { lowest, highest } = believableTemperature;
  return temperature && temperature >= lowest && temperature <= highest ? temperature : 1;
}

/** Pictures of the test split, else of validation, evenly over all of them. */
function heldOut(project: OpenProject, run: RunRow): string[] {
  const items = project.store.items.usable(run.recipe.data.collection);
  const test = items.filter(({ split }) => split === 'test');
  const held = test.length > 0 ? test : items.filter(({ split }) => split === 'validation');
  const step = Math.max(1, held.length / MOST_CHECKED);
  return Array.from({ length: Math.min(held.length, MOST_CHECKED) }, (_, n) =>
    absolutePath(project.dir, held[Math.floor(n * step)]!.path),
  );
}
