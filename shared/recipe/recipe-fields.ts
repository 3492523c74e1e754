import { GraftError } from '../errors.ts';
import { recipeSchema, type Recipe } from './recipe.ts';

/** Fields of every stage that are named without the stage. */
const stageFields: Record<string, string> = {
  epochs: 'epochs',
  batchSize: 'batchSize',
  optimizer: 'optimizer.name',
  learningRate: 'optimizer.learningRate',
};

export type RecipeDraft = Record<string, unknown>;

/**
 * Sets a field of a recipe that is being made: `seed`, `head.hidden`, `stages.1.epochs`, or one of every stage by its
 * short name (`learningRate`). @throws GraftError recipe.invalid when there is no such field
 */
export function setField(draft: RecipeDraft, key: string, value: unknown): void {
  const field = stageFields[key];
  const stages = Array.isArray(draft.stages) ? draft.stages.length : 0;
  const paths = field ? Array.from({ length: stages }, (_, stage) => `stages.${stage}.${field}`) : [key];
  for (const path of paths) setAt(draft, path.split('.'), value, key);
}

/** The recipe a draft has become. @throws GraftError recipe.invalid, naming the field */
export function checkedRecipe(draft: RecipeDraft): Recipe {
  const parsed = recipeSchema.strict().safeParse(draft);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new GraftError('recipe.invalid', { at: issue?.path.join('.') || '-', detail: issue?.message ?? '' });
}

/** JSON where it is JSON, else the text itself: `adam` needs no quotes. */
export function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Values between commas; those within brackets or braces belong to the value: `[64],[128,64]` are two. */
export function valuesOf(text: string): unknown[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const sign of text) {
    if ('[{'.includes(sign)) depth++;
    if (']}'.includes(sign)) depth--;
    if (sign === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += sign;
  }
  return [...parts, part]
    .map((one) => one.trim())
    .filter(Boolean)
    .map(valueOf);
}

function setAt(target: RecipeDraft, path: string[], value: unknown, key: string): void {
  const [head, ...rest] = path;
  // A misspelt key must not be stored and silently ignored.
  if (head === undefined || !Object.hasOwn(target, head)) {
    const known = Object.keys(target).join(', ');
    throw new GraftError('recipe.invalid', {
      at: key,
      detail: `there is no such field; known here: ${known}`,
    });
  }
  if (rest.length === 0) target[head] = value;
  else if (typeof target[head] === 'object' && target[head] !== null)
    setAt(target[head] as RecipeDraft, rest, value, key);
  else throw new GraftError('recipe.invalid', { at: key, detail: `${head} holds no fields` });
}
