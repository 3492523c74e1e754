import type { BackboneSource } from '../../../shared/recipe/recipe.ts';

/** One line of the backbone list. */
export interface BackboneChoice {
  key: string;
  title: string;
  source: BackboneSource;
}

/** A text that is equal exactly for equal sources. */
export function sourceKey(source: BackboneSource): string {
  return source.from === 'run'
    ? `run:${source.run}`
    : `library:${source.arch}:${source.weights ?? 'random'}:${source.alpha}`;
}
