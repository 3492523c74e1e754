import { errorSentences } from './error-sentences.ts';

/**
 * Every error a person can meet has a code, and a sentence in each language that says what happened,
 * to which file or value, and what to do. Parameters in braces are filled in from `params`.
 * Errors cross processes as `{ code, params }`, never as stack traces.
 */
export type ErrorParams = Record<string, string | number>;

export type ErrorCode = keyof typeof errorSentences;
export type Language = 'en' | 'zh';

/** An error meant for a person. `params` fill the sentence of `code`. */
export class GraftError extends Error {
  override readonly name = 'GraftError';
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, options?: ErrorOptions) {
    super(errorText(code, params, 'en'), options);
    this.code = code;
    this.params = params;
  }
}

/** The sentence of an error code in a language, with its parameters filled in. */
export function errorText(code: ErrorCode, params: ErrorParams, language: Language): string {
  return errorSentences[code][language].replace(/\{(\w+)\}/g, (whole, key: string) =>
    key in params ? String(params[key]) : whole,
  );
}

/** Any thrown value as a GraftError: unknown errors become `internal` with their message. */
export function toGraftError(error: unknown): GraftError {
  if (error instanceof GraftError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new GraftError('internal', { detail }, { cause: error });
}
