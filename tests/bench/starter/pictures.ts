/** The real pictures the starter is judged on, and how many of them a seed gets to see. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { splits } from '../../../shared/contract/projects.ts';
import type { Split } from '../../../shared/contract/projects.ts';
import { derivedSeed, seededRandom, shuffle } from '../../../shared/random.ts';
import type { DatasetItem } from '../../../electron/engine/protocol.ts';

export interface LabelledPictures {
  classes: string[];
  items: DatasetItem[];
}

/** Every picture of a folder of split folders of class folders. */
export function listPictures(dir: string): LabelledPictures {
  const classes = readdirSync(join(dir, 'train')).sort();
  const places = splits.flatMap((split: Split) =>
    classes.flatMap((name, classIndex) =>
      readdirSync(join(dir, split, name))
        .sort()
        .map((file) => ({ path: join(dir, split, name, file), classIndex, split })),
    ),
  );
  const items = places.map((place, id) => ({ id, ...place, sha256: sha256(place.path) }));
  return { classes, items };
}

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Positions of `perClass` training pictures of each class, drawn by the seed; the same for every contestant. */
export function drawTraining({ classes, items }: LabelledPictures, perClass: number, seed: number): number[] {
  return classes.flatMap((_, classIndex) => {
    const own = [...items.keys()].filter(
      (at) => items[at]!.split === 'train' && items[at]!.classIndex === classIndex,
    );
    return shuffle(own, seededRandom(derivedSeed(seed, classIndex))).slice(0, perClass);
  });
}

export const positionsOf = ({ items }: LabelledPictures, split: Split): number[] =>
  [...items.keys()].filter((at) => items[at]!.split === split);
