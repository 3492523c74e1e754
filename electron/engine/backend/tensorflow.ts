/** TensorFlow's native library through tfjs-node-gpu: optional, loaded when it is there, never required. */
import { createRequire } from 'node:module';

const loadPackage = createRequire(import.meta.url);

/** tfjs-node 4.22 calls helpers that Node 23 removed from `util`. */
const removedHelpers = {
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
  isArray: Array.isArray,
  isString: (value: unknown): boolean => typeof value === 'string',
  isNumber: (value: unknown): boolean => typeof value === 'number',
  isBoolean: (value: unknown): boolean => typeof value === 'boolean',
  isObject: (value: unknown): boolean => value !== null && typeof value === 'object',
  isFunction: (value: unknown): boolean => typeof value === 'function',
};

export type TensorflowLoad =
  | { readonly loaded: true; readonly version: string; readonly gpu: boolean }
  | { readonly loaded: false; readonly reason: string };

interface TensorflowModule {
  readonly version: Readonly<Record<string, string>>;
  backend(): { readonly isUsingGpuDevice?: boolean };
}

let attempt: TensorflowLoad | null = null;

/** The first line says what is wrong; the rest is a stack or a list of search paths. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? message;
}

/** Tries once per process to load tfjs-node-gpu, which registers its backend `tensorflow` with tfjs. */
export function loadTensorflow(): TensorflowLoad {
  attempt ??= tryLoading();
  return attempt;
}

function tryLoading(): TensorflowLoad {
  try {
    const util = loadPackage('node:util') as Record<string, unknown>;
    for (const [name, helper] of Object.entries(removedHelpers)) util[name] ??= helper;
    const module = loadPackage('@tensorflow/tfjs-node-gpu') as TensorflowModule;
    const gpu = module.backend().isUsingGpuDevice === true;
    return { loaded: true, version: module.version['tfjs-node'] ?? '', gpu };
  } catch (error) {
    return { loaded: false, reason: reasonOf(error) };
  }
}
