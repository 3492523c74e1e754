import { readFile } from 'node:fs/promises';
import type { Architecture, LabClient } from '../../../shared/contract/index.ts';
import { GraftError } from '../../../shared/errors.ts';
import { checkedRecipe, setField, valueOf, type RecipeDraft } from '../../../shared/recipe/recipe-fields.ts';
import { scratchInputSize } from '../../../shared/recipe/recipe.ts';
import type { BackboneSource, Recipe } from '../../../shared/recipe/recipe.ts';
import { kindOfRecipe, namedRecipe, recipeNames, scratchBlocks } from '../../../shared/recipe/recipes.ts';
import type { RecipeName, RecipeStart } from '../../../shared/recipe/recipes.ts';
import { withEpochs } from '../../../shared/recipe/ladder.ts';

export interface RecipeOptions {
  /** Name of a default recipe, or a JSON file. */
  recipe: string;
  /** Architecture id of the zoo, id of weights in the library, or `run:<id>`. */
  backbone?: string;
  /** Epochs of all stages together, for a named recipe; its own where left out. */
  epochs?: number;
  /** `path.to.field=value` changes. */
  set: string[];
}

/** Characters of a weights id that lists show. */
export const SHORT_ID = 12;

/** The recipe a command line asks for. Throws `recipe.*`. */
export async function buildRecipe(lab: LabClient, options: RecipeOptions): Promise<Recipe> {
  const draft = isName(options.recipe)
    ? await fromName(lab, options.recipe, options)
    : await recipeFromFile(lab, options.recipe, options.backbone);
  for (const change of options.set) applyChange(draft, change);
  return checkedRecipe(draft);
}

async function fromName(
  lab: LabClient,
  name: RecipeName,
  { backbone, epochs }: RecipeOptions,
): Promise<RecipeDraft> {
  const recipe = namedRecipe(name, await startFor(lab, name, backbone));
  return structuredClone(epochs === undefined ? recipe : withEpochs(recipe, epochs)) as RecipeDraft;
}

async function startFor(lab: LabClient, name: RecipeName, backbone?: string): Promise<RecipeStart> {
  if (kindOfRecipe[name] === 'scratch-cnn')
    return { backbone: null, inputSize: scratchInputSize, cut: '', blocks: [] };
  const source = name === 'pretrain' ? await untrained(lab, backbone) : await findBackbone(lab, backbone);
  return { backbone: source, ...(await startOf(lab, source)) };
}

async function recipeFromFile(lab: LabClient, path: string, backbone?: string): Promise<RecipeDraft> {
  const names = recipeNames.join(', ');
  try {
    const json = JSON.parse(await readFile(path, 'utf8')) as RecipeDraft;
    if (typeof json !== 'object' || json === null) throw new Error('it holds no object');
    return backbone ? { ...json, backbone: await findBackbone(lab, backbone) } : json;
  } catch (error) {
    if (error instanceof GraftError) throw error;
    throw new GraftError('recipe.unreadable', { path, detail: (error as Error).message, names });
  }
}

/** Without a wish: the installed backbone that did best on ImageNet. */
export async function findBackbone(lab: LabClient, wanted?: string): Promise<BackboneSource> {
  if (wanted?.startsWith('run:')) return { from: 'run', run: wanted.slice('run:'.length) };
  const zoo = await lab.call('zoo.list', {});
  const byWeights = zoo.flatMap(({ installed }) => installed).find(({ id }) => isPrefix(wanted, id));
  if (byWeights) return fromLibrary(byWeights);
  const arch = wanted ? zoo.find(({ id }) => id === wanted) : bestInstalled(zoo);
  const known = zoo.map(({ id }) => id).join(', ');
  if (!arch && wanted) throw new GraftError('recipe.no-backbone', { backbone: wanted, known });
  const weights = arch?.installed.toSorted((a, b) => b.alpha - a.alpha)[0];
  if (!weights) throw new GraftError('recipe.no-weights', { backbone: wanted ?? known });
  return fromLibrary(weights);
}

/** A network of the zoo without weights, whether there are any or not; or an earlier run to train further. */
async function untrained(lab: LabClient, wanted = smallest): Promise<BackboneSource> {
  const zoo = await lab.call('zoo.list', {});
  const arch = zoo.find(({ id }) => id === wanted);
  return arch ? { from: 'library', arch: arch.id, weights: null, alpha: 1 } : findBackbone(lab, wanted);
}

/** What to pretrain without a wish: the one network small enough for a CPU. */
const smallest = 'starter';

/** Lists show the start of a weights id; it is enough to name them. */
function isPrefix(wanted: string | undefined, id: string): boolean {
  return wanted !== undefined && wanted.length >= SHORT_ID && id.startsWith(wanted);
}

function fromLibrary({ arch, id, alpha }: Architecture['installed'][number]): BackboneSource {
  return { from: 'library', arch, weights: id, alpha };
}

function bestInstalled(zoo: Architecture[]): Architecture | undefined {
  const installed = zoo.filter((arch) => arch.installed.length > 0);
  return installed.toSorted((a, b) => (b.top1 ?? 0) - (a.top1 ?? 0))[0];
}

async function startOf(
  lab: LabClient,
  source: BackboneSource,
): Promise<{ inputSize: number; cut: string; blocks: string[] }> {
  if (source.from === 'run') {
    const { run } = await lab.call('runs.get', { id: source.run });
    const { backbone, input, scratch } = run.recipe;
    if (backbone !== null) return { ...(await startOf(lab, backbone)), inputSize: input.size };
    const blocks = scratchBlocks({ scratch }).map(({ id }) => id);
    return { inputSize: input.size, cut: blocks.at(-1) ?? '', blocks };
  }
  const zoo = await lab.call('zoo.list', {});
  const arch = zoo.find(({ id }) => id === source.arch);
  return {
    inputSize: arch?.inputSize ?? scratchInputSize,
    cut: arch?.defaultCut ?? '',
    blocks: arch?.blocks.map(({ id }) => id) ?? [],
  };
}

function applyChange(draft: RecipeDraft, change: string): void {
  const [key, value] = splitChange(change);
  setField(draft, key, valueOf(value));
}

/** `key=value`, apart. @throws GraftError recipe.invalid */
export function splitChange(change: string): [key: string, value: string] {
  const split = change.indexOf('=');
  if (split < 1) throw new GraftError('recipe.invalid', { at: change, detail: 'write it as key=value' });
  return [change.slice(0, split), change.slice(split + 1)];
}

function isName(name: string): name is RecipeName {
  return (recipeNames as readonly string[]).includes(name);
}
