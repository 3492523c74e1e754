import { join } from 'node:path';
import { z } from 'zod';
import { backboneSpeedSchema } from '../../shared/contract/zoo.ts';
import type { BackboneSpeed, ParsedParams } from '../../shared/contract/index.ts';
import { GraftError } from '../../shared/errors.ts';
import type { Recipe } from '../../shared/recipe/recipe.ts';
import type { TrainResult } from '../engine/protocol.ts';
import type { LabContext } from './context.ts';
import { requestUntil } from './engine-call.ts';
import { readJson, writeJson } from './json-file.ts';

const fileOf = (dataDir: string) => join(dataDir, 'speeds.json');

/** What this machine's backbones were measured at, the latest first. */
export function readSpeeds(dataDir: string): BackboneSpeed[] {
  return readJson(fileOf(dataDir), z.array(backboneSpeedSchema), []);
}

/** Measures a backbone now, as a job. @throws GraftError run.busy while a run is training: both would be slow */
export function measureSpeed(lab: LabContext, request: ParsedParams<'zoo.measure'>): Promise<BackboneSpeed> {
  const active = lab.projects.isOpen ? lab.projects.current.store.runs.unfinished()[0] : undefined;
  if (active) throw new GraftError('run.busy', { name: active.name, number: active.number });
  return lab.jobs.start({ kind: 'measure', subject: request.arch }, async ({ signal, progress }) => {
    const params = { ...request, libraryDir: lab.libraryDir };
    const measured = await requestUntil(signal, lab.engines.compute, 'measure', params, ({ done, total }) =>
      progress({ phase: 'measure', done, total }),
    );
    return remember(lab, { ...request, ...measured, from: 'measurement', at: new Date().toISOString() });
  }).result;
}

/**
 * Keeps what a run showed by the way of a backbone of the zoo. What was measured on request stays: a run reads
 * pictures at the same time and makes a backbone look slower than it is.
 */
export function rememberRun(lab: LabContext, recipe: Recipe, { pass, device }: TrainResult): void {
  if (!pass || recipe.backbone?.from !== 'library') return;
  const { arch, alpha } = recipe.backbone;
  const at = new Date().toISOString();
  const seen = { arch, alpha, inputSize: recipe.input.size, device, ...pass, from: 'run' as const, at };
  const earlier = readSpeeds(lab.options.dataDir).find((other) => keyOf(other) === keyOf(seen));
  if (earlier?.from === 'measurement') return;
  try {
    remember(lab, seen);
  } catch {
    // A run that succeeded does not fail for want of room for a number seen by the way.
  }
}

/** The latest of a backbone, size and device takes the place of the one before; a memory once known is kept. */
function remember({ options, events }: LabContext, speed: BackboneSpeed): BackboneSpeed {
  const all = readSpeeds(options.dataDir);
  const earlier = all.find((other) => keyOf(other) === keyOf(speed));
  const next = { ...speed, memory: speed.memory ?? earlier?.memory ?? null };
  writeJson(fileOf(options.dataDir), [next, ...all.filter((other) => other !== earlier)]);
  events.emit('zoo.changed', {});
  return next;
}

const keyOf = ({ arch, alpha, inputSize, device }: BackboneSpeed): string =>
  JSON.stringify([arch, alpha, inputSize, device]);
