import { basename, resolve } from 'node:path';
import type { ParsedParams, Prediction } from '../../../shared/contract/index.ts';
import { itemReasonText } from '../../../shared/item-reasons.ts';
import { argmax } from '../../evaluation/predictions.ts';
import type { EngineParams } from '../../engine/protocol.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { requireModel } from './run-files.ts';
import { rowOf } from './runs.ts';

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
      const { probabilities, failed } = await engines.compute.request('predictImages', request).result;
      return {
        classes,
        predictions: sent.map(({ name }, index) =>
          toPrediction(name, probabilities[index] ?? [], failed[index] ?? null),
        ),
      };
    },
  };
}

/** A picture as the engine takes it. */
export function toEngine(image: Dropped): EngineParams<'predictImages'>['images'][number] {
  if ('path' in image) return { name: basename(image.path), path: resolve(image.path) };
  return { name: image.name, data: new Uint8Array(Buffer.from(image.base64, 'base64')) };
}

function toPrediction(name: string, probabilities: number[], reason: string | null): Prediction {
  if (reason === null) {
    return { name, probabilities, predicted: argmax(probabilities, 0, probabilities.length), error: null };
  }
  return { name, probabilities: [], predicted: null, error: brokenImage(name, reason) };
}

/** Why a picture says nothing. */
export function brokenImage(name: string, reason: string): NonNullable<Prediction['error']> {
  return { code: 'image.broken', params: { name, reason, detail: itemReasonText(reason, 'en') } };
}
