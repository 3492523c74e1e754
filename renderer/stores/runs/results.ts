import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type {
  CalibrationResult,
  EvaluationResult,
  PredictedItem,
  RunPair,
  Split,
} from '../../../shared/contract/index.ts';
import { lab } from '../../bridge.ts';

export interface Question {
  run: string;
  split: Split;
  collection: string | null;
}

export interface Cell {
  truth: number;
  predicted: number;
}

/** What a gallery of items is for: wrong answers the model was sure of, or whatever surprised it most. */
export type Surprise = 'confidence' | 'loss';

const pageSize = 60;

/** What the Results screen looks at: one run on one split, its mistakes, and the opened confusion cell. */
export const useResults = defineStore('results', () => {
  const question = ref<Question | null>(null);
  const evaluation = shallowRef<EvaluationResult | null>(null);
  const loading = ref(false);
  const failure = ref<unknown>(null);
  const calibration = shallowRef<CalibrationResult | null>(null);
  const calibrationFailure = ref<unknown>(null);
  const mistakes = shallowRef<PredictedItem[]>([]);
  const mistakesBy = ref<Surprise>('confidence');
  const mistakesTotal = ref(0);
  const cell = ref<Cell | null>(null);
  const cellItems = shallowRef<PredictedItem[]>([]);
  const cellTotal = ref(0);
  const opened = ref<PredictedItem | null>(null);
  let asked = 0;

  async function ask(next: Question): Promise<void> {
    const turn = ++asked;
    question.value = next;
    loading.value = true;
    failure.value = null;
    closeCell();
    try {
      const result = await lab().call('evaluations.get', next);
      if (turn !== asked) return;
      evaluation.value = result;
      mistakes.value = [];
      await Promise.all([moreMistakes(), loadCalibration(turn, next)]);
    } catch (error) {
      if (turn !== asked) return;
      evaluation.value = null;
      failure.value = error;
    } finally {
      if (turn === asked) loading.value = false;
    }
  }

  async function loadCalibration(turn: number, about: Question): Promise<void> {
    calibration.value = null;
    calibrationFailure.value = null;
    try {
      const found = await lab().call('evaluations.calibration', about);
      if (turn === asked) calibration.value = found;
    } catch (error) {
      if (turn === asked) calibrationFailure.value = error;
    }
  }

  /** Another run (first) against the one looked at (second), item by item; null where they cannot be compared. */
  async function pairWith(other: string): Promise<RunPair | null> {
    if (!question.value) return null;
    const { run, split, collection } = question.value;
    const comparison = await lab()
      .call('comparisons.get', { runs: [other, run], split, collection })
      .catch(() => null);
    return comparison?.pairs[0] ?? null;
  }

  async function showMistakes(by: Surprise): Promise<void> {
    mistakesBy.value = by;
    mistakes.value = [];
    await moreMistakes();
  }

  async function moreMistakes(): Promise<void> {
    if (!question.value) return;
    const by = mistakesBy.value;
    const window = { by, offset: mistakes.value.length, limit: pageSize };
    const page = await lab().call('evaluations.mistakes', { ...question.value, ...window });
    if (by !== mistakesBy.value) return;
    mistakes.value = [...mistakes.value, ...page.items];
    mistakesTotal.value = page.total;
  }

  async function openCell(next: Cell): Promise<void> {
    cell.value = next;
    cellItems.value = [];
    cellTotal.value = 0;
    opened.value = null;
    await moreOfCell();
  }

  async function moreOfCell(): Promise<void> {
    const at = cell.value;
    if (!at || !question.value) return;
    const window = { offset: cellItems.value.length, limit: pageSize };
    const page = await lab().call('evaluations.cell', { ...question.value, ...at, ...window });
    if (cell.value !== at) return;
    cellItems.value = [...cellItems.value, ...page.items];
    cellTotal.value = page.total;
  }

  function closeCell(): void {
    cell.value = null;
    cellItems.value = [];
    opened.value = null;
  }

  function clear(): void {
    asked++;
    question.value = null;
    evaluation.value = null;
    calibration.value = null;
    mistakes.value = [];
    closeCell();
  }

  return {
    question,
    evaluation,
    loading,
    failure,
    calibration,
    calibrationFailure,
    mistakes,
    mistakesBy,
    mistakesTotal,
    cell,
    cellItems,
    cellTotal,
    opened,
    ask,
    pairWith,
    showMistakes,
    moreMistakes,
    openCell,
    moreOfCell,
    closeCell,
    clear,
  };
});
