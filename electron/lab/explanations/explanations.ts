import type { Explained, ParsedParams } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { rankCorrelation } from '../../evaluation/explanation/rank-correlation.ts';
import type { EngineParams, EngineResult } from '../../engine/protocol.ts';
import type { HandlersOf, LabContext } from '../context.ts';
import { absolutePath } from '../items/item-paths.ts';
import type { OpenProject } from '../project-keeper.ts';
import { brokenImage, toEngine } from '../evaluations/predictions.ts';
import { requireModel } from '../runs/run-files.ts';
import { rowOf } from '../runs/runs.ts';

type Asked = ParsedParams<'explanations.get'>['images'][number];
type Sent = EngineParams<'explain'>['images'][number];

/** Why a run predicts what it does, picture by picture. */
export function explanationHandlers({ projects, engines }: LabContext): HandlersOf<'explanations'> {
  return {
    async 'explanations.get'({ run, images, classIndex }) {
      const project = projects.current;
      const row = rowOf(project, run);
      requireModel(project, row);
      if (classIndex !== null && classIndex >= row.classes.length) {
        throw new GraftError('class.unknown', { id: classIndex });
      }
      const sent = images.map((image) => pictureOf(project, image));
      const { places } = project;
      const told = await engines.compute.request('explain', { run, images: sent, classIndex, places }).result;
      const { pictures, randomised, ...shape } = told;
      return {
        ...shape,
        pictures: pictures.map((picture, at) => shown(picture, sent[at]!.name)),
        sanity: { correlation: meanCorrelation(pictures), randomised },
      };
    },
  };
}

type Picture = EngineResult<'explain'>['pictures'][number];

/** Of each map with that of random weights, over the pictures that could be read. */
function meanCorrelation(pictures: readonly Picture[]): number {
  const read = pictures.filter(({ failed }) => failed === null);
  const sum = read.reduce((total, { map, random }) => total + rankCorrelation(map, random), 0);
  return read.length > 0 ? sum / read.length : 0;
}

/** @throws GraftError item.unknown */
function pictureOf(project: OpenProject, image: Asked): Sent {
  if (!('item' in image)) return toEngine(image);
  const item = project.store.items.byIds([image.item])[0];
  if (!item) throw new GraftError('item.unknown', { id: image.item });
  return { name: item.name, path: absolutePath(project.dir, item.path) };
}

function shown({ failed, classIndex, probabilities, map }: Picture, name: string): Explained {
  if (failed !== null) return { probabilities: [], classIndex, map: [], error: brokenImage(name, failed) };
  const most = Math.max(...map);
  return { probabilities, classIndex, map: most > 0 ? map.map((value) => value / most) : map, error: null };
}
