import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type {
  OperatingPoint,
  RunRules,
  SetReport,
  SetRule,
  ThresholdSweep,
} from '../../../shared/contract/index.ts';
import {
  noveltyRuleSchema,
  operatingPointSchema,
  setRuleSchema,
  type ThresholdGoal,
} from '../../../shared/contract/results/rules.ts';
import { GraftError } from '../../../shared/errors.ts';
import { conformalReport, fitConformal } from '../../evaluation/calibration/conformal.ts';
import { chooseOperatingPoint } from '../../evaluation/calibration/operating-point.ts';
import { sweepThresholds } from '../../evaluation/calibration/threshold-sweep.ts';
import { classScores, labelledItems, type Predictions } from '../../evaluation/predictions.ts';
import type { RuleKind } from '../../store/queries/runs/run-rules.ts';
import type { RunRow } from '../../store/queries/runs/runs.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import type { OpenProject } from '../project-keeper.ts';
import type { EvaluationService } from './evaluations.ts';
import { learnNovelty } from './novelty.ts';
import { runFolder } from '../runs/run-files.ts';
import { rowOf } from '../runs/runs.ts';
import { asPredictions, keptScores } from './scores.ts';

/** The rules a run decides by: its threshold, its prediction sets, what it does not know. */
export function rulesOf({ store }: OpenProject, run: string): RunRules {
  const read = <S extends z.ZodType>(kind: RuleKind, schema: S): z.output<S> | null =>
    schema.safeParse(store.runRules.get(run, kind)).data ?? null;
  return {
    operatingPoint: read('operating-point', operatingPointSchema),
    sets: read('prediction-sets', setRuleSchema),
    novelty: read('novelty', noveltyRuleSchema),
  };
}

/** How a run decides, with what it takes to decide the same elsewhere: what an export carries. */
export interface Decision {
  /** Fitted on validation; null where there was nothing to fit it on. Probabilities become softmax(log p / temperature). */
  temperature: number | null;
  operatingPoint: { class: string; threshold: number } | null;
  sets: SetRule | null;
  /** `bank` names the file of unit-length training features, `[rows, width]`: see `noveltyRuleSchema`. */
  novelty: { k: number; threshold: number; falseAlarms: number; width: number; bank: string } | null;
}

export function decisionOf(project: OpenProject, run: RunRow): Decision {
  const { operatingPoint, sets, novelty } = rulesOf(project, run.id);
  const scores = keptScores(project.store, run, { collection: null, split: 'test' });
  const bank = noveltyFile(project, run.id);
  return {
    temperature: scores?.calibration?.scaled?.temperature ?? null,
    operatingPoint: operatingPoint && {
      class: run.classes[operatingPoint.class]!,
      threshold: operatingPoint.threshold,
    },
    sets,
    novelty:
      novelty && novelty.threshold !== null && existsSync(bank)
        ? {
            k: novelty.k,
            threshold: novelty.threshold,
            falseAlarms: novelty.falseAlarms,
            width: novelty.width,
            bank,
          }
        : null,
  };
}

/** Features of training pictures that the novelty rule of a run compares with. */
export const noveltyFile = (project: OpenProject, run: string): string =>
  join(runFolder(project, run), 'novelty.safetensors');

export function ruleHandlers(lab: LabContext, evaluations: EvaluationService): HandlersOf<'rules'> {
  const { projects } = lab;
  return {
    'rules.get': ({ run }) => rulesOf(projects.current, rowOf(projects.current, run).id),
    async 'rules.sweep'({ class: cls, at, ...which }) {
      const { project, run, judged, predictions } = await evaluations.judge(which);
      requireClass(run, cls);
      const own = judged.split === 'validation' && judged.collection === null;
      const validation = own ? null : validationPredictions(project, run);
      return sweep(asPredictions(run, predictions), validation, cls, at ?? null);
    },
    async 'rules.chooseThreshold'({ run: id, class: cls, goal }) {
      const run = rowOf(projects.current, id);
      requireClass(run, cls);
      return { threshold: chosenThreshold(requireValidation(projects.current, run), cls, goal) };
    },
    'rules.setOperatingPoint'({ run: id, point }) {
      const project = projects.current;
      const run = rowOf(project, id);
      if (point) requireClass(run, point.class);
      const items = point ? labelledItems(requireValidation(project, run)).length : 0;
      return stored(project, run, 'operating-point', point && ({ ...point, items } satisfies OperatingPoint));
    },
    async 'rules.trySets'({ coverage, method, ...which }) {
      const { project, run, predictions } = await evaluations.judge(which);
      const rule = fitConformal(requireValidation(project, run), coverage, method);
      return setReport(asPredictions(run, predictions), rule);
    },
    'rules.setSets'({ run: id, sets }) {
      const project = projects.current;
      const run = rowOf(project, id);
      const rule = sets && fitConformal(requireValidation(project, run), sets.coverage, sets.method);
      return stored(project, run, 'prediction-sets', rule);
    },
    async 'rules.learnNovelty'({ run: id, falseAlarms }) {
      const project = projects.current;
      const run = rowOf(project, id);
      return stored(project, run, 'novelty', await learnNovelty(lab, project, run, falseAlarms));
    },
    'rules.forgetNovelty'({ run: id }) {
      const project = projects.current;
      const run = rowOf(project, id);
      const rules = stored(project, run, 'novelty', null);
      rmSync(noveltyFile(project, run.id), { force: true });
      return rules;
    },
  };
}

function stored(project: OpenProject, run: RunRow, kind: RuleKind, rule: object | null): RunRules {
  const { store } = project;
  store.transaction(() => {
    if (rule) store.runRules.put(run.id, kind, rule);
    else store.runRules.remove(run.id, kind);
    store.audit.note('run.rule', { run: run.id, kind, set: Number(rule !== null) });
  });
  return rulesOf(project, run.id);
}

/** @throws GraftError request.invalid */
function requireClass(run: RunRow, cls: number): void {
  if (cls >= run.classes.length)
    throw new GraftError('request.invalid', { method: 'rules', detail: `class: there is no class ${cls}` });
}

function validationPredictions({ store }: OpenProject, run: RunRow): Predictions | null {
  const predictions = store.predictions.get(run.id, null, 'validation');
  return predictions ? asPredictions(run, predictions) : null;
}

/** @throws GraftError rules.no-validation: what is chosen on the pictures it is judged by flatters itself */
function requireValidation(project: OpenProject, run: RunRow): Predictions {
  const validation = validationPredictions(project, run);
  if (!validation) throw new GraftError('rules.no-validation', { name: run.name });
  return validation;
}

function sweep(
  judged: Predictions,
  validation: Predictions | null,
  cls: number,
  at: number | null,
): ThresholdSweep {
  const shown = classScores(judged, cls);
  const own = validation ? classScores(validation, cls) : shown;
  const swept = sweepThresholds(own, shown, at);
  const totals = ({ positive, negative }: typeof own) => ({
    positives: positive.length,
    negatives: negative.length,
  });
  return {
    class: cls,
    validation: validation && totals(own),
    judged: totals(shown),
    points: swept.threshold.map((threshold, index) => ({
      threshold,
      validation: validation && swept.own[index]!,
      judged: swept.other[index]!,
    })),
  };
}

function chosenThreshold(validation: Predictions, cls: number, goal: ThresholdGoal): number | null {
  if (goal.kind === 'hand') return null;
  const { falsePositive, falseNegative } =
    goal.kind === 'cost' ? goal : { falsePositive: 1, falseNegative: 1 };
  const point = chooseOperatingPoint(
    validation,
    cls,
    goal.kind === 'cost' ? { kind: 'cost', costs: { falsePositive, falseNegative } } : goal,
  );
  return point && point.threshold;
}

function setReport(predictions: Predictions, rule: SetRule): SetReport {
  const { coverage, meanSize, sizes } = conformalReport(predictions, rule);
  if (!coverage || meanSize === null) throw new Error('Judged items have labels.');
  return { rule, coverage, meanSize, sizes };
}
