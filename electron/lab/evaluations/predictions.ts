import { basename, resolve } from 'node:path';
import type { ParsedParams, Prediction, RunRules } from '../../../shared/contract/index.ts';
import { itemReasonText } from '../../../shared/item-reasons.ts';
import { decidedClass } from '../../../shared/decision.ts';
import { predictionSet } from '../../evaluation/calibration/conformal.ts';
import type { EngineParams } from '../../engine/protocol.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { requireModel } from '../runs/run-files.ts';
import { rulesOf } from './rules.ts';
import { rowOf } from '../runs/runs.ts';

type Dropped = ParsedParams<'predict.images'>['images'][number];

/** Predicting pictures from anywhere with a trained run. One that cannot be read says so; the others go on. */
export function predictionHandlers({ projects, engines }: LabContext): HandlersOf<'predict'> {
  return {
    async 'predict.images'({ run, images }) {
      const project = projects.current;
      const { classes } = rowOf(project, run);
      requireModel(project, rowOf(project, run));
      const sent = images.map(toEngine);
      const request = { run, images: sent, places: project.places };
      const answer = await engines.compute.request('predictImages', request).result;
      const rules = rulesOf(project, run);
      return {
        classes,
        predictions: sent.map(({ name }, index) => {
          const reason = answer.failed[index] ?? null;
          if (reason !== null) return unread(name, reason);
          return { name, ...decided(answer.probabilities[index]!, answer.distances[index] ?? null, rules) };
        }),
      };
    },
  };
}

/** A picture as the engine takes it. */
export function toEngine(image: Dropped): EngineParams<'predictImages'>['images'][number] {
  if ('path' in image) return { name: basename(image.path), path: resolve(image.path) };
  return { name: image.name, data: new Uint8Array(Buffer.from(image.base64, 'base64')) };
}

/** Why a picture says nothing. */
export function brokenImage(name: string, reason: string): NonNullable<Prediction['error']> {
  return { code: 'image.broken', params: { name, reason, detail: itemReasonText(reason, 'en') } };
}

function unread(name: string, reason: string): Prediction {
  const nothing = { probabilities: [], predicted: null, byThreshold: false, set: null, novelty: null };
  return { name, ...nothing, error: brokenImage(name, reason) };
}

/** What the run says about a picture, by the rules a person has set for it. */
function decided(
  probabilities: number[],
  distance: number | null,
  { operatingPoint, sets, novelty }: RunRules,
): Omit<Prediction, 'name'> {
  const predicted = decidedClass(probabilities, operatingPoint);
  const threshold = novelty?.threshold ?? null;
  return {
    probabilities,
    predicted,
    byThreshold: predicted !== decidedClass(probabilities, null),
    set: sets && predictionSet(probabilities, 0, probabilities.length, sets),
    novelty:
      threshold === null || distance === null ? null : { distance, threshold, unlike: distance > threshold },
    error: null,
  };
}
