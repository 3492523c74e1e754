/**
 * The classical rule of thumb for how much of a pretrained network to train, by how much data there is and how like the
 * pretraining data it is (CS231n notes on transfer learning; Yosinski et al. 2014, "How transferable are features").
 */
export type Domain = 'similar' | 'different';
export type Preset = 'none' | 'last' | 'lastTwo' | 'all';

export interface Advice {
  preset: Preset;
  /** Key of the sentence that says why. */
  why: 'littleSimilar' | 'littleDifferent' | 'muchSimilar' | 'muchDifferent';
}

/** From this many training pictures in a class on, there is enough to move more than the last layers. */
export const muchPerClass = 200;

export function classicalRule(perClass: number, domain: Domain): Advice {
  const isMuch = perClass >= muchPerClass;
  if (domain === 'similar')
    return isMuch ? { preset: 'lastTwo', why: 'muchSimilar' } : { preset: 'none', why: 'littleSimilar' };
  return isMuch ? { preset: 'all', why: 'muchDifferent' } : { preset: 'last', why: 'littleDifferent' };
}
