import { describe, expect, it } from 'vitest';
import { itemStatuses } from '../../../shared/contract/data/items.ts';
import { jobSchema } from '../../../shared/contract/jobs.ts';
import { splits } from '../../../shared/contract/projects.ts';
import { runProgressSchema, runStatuses } from '../../../shared/contract/runs/runs.ts';
import { engineInfoSchema } from '../../../shared/contract/app.ts';
import { deviceRowSchema } from '../../../shared/contract/devices.ts';
import { optimizerNames, recipeKinds } from '../../../shared/recipe/recipe.ts';
import { messages } from '../../../renderer/locales/index.ts';

/** Codes of the contract that screens turn into words by building a key. */
describe.each(['en', 'zh'] as const)('every code of the contract has a word in %s', (language) => {
  const { terms, train } = messages[language];

  it.each([
    ['splits', splits, terms.split],
    ['short splits', splits, terms.splitShort],
    ['item statuses', itemStatuses, terms.status],
    ['run statuses', runStatuses, terms.run],
    ['recipe kinds', recipeKinds, terms.kind],
    ['explanations of recipe kinds', recipeKinds, train.kindText],
    ['optimizers', optimizerNames, terms.optimizer],
    ['explanations of optimizers', optimizerNames, train.optimizerHint],
    ['job kinds', jobSchema.shape.kind.options, terms.jobKind],
    ['job statuses', jobSchema.shape.status.options, terms.job],
    ['devices', deviceRowSchema.shape.device.options, messages[language].devices.names],
    ['device states', deviceRowSchema.shape.state.options, messages[language].devices.states],
    ['engine states', engineInfoSchema.shape.state.options, terms.engine],
    ['phases of a run', runProgressSchema.shape.phase.options, terms.phase],
    ['explanations of phases', runProgressSchema.shape.phase.options, train.phaseText],
  ])('%s', (_, codes, words) => {
    expect(codes.filter((code) => !(code in words))).toEqual([]);
  });
});
