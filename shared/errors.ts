/**
 * Every error a person can meet has a code, and a sentence in each language that says what happened,
 * to which file or value, and what to do. Parameters in braces are filled in from `params`.
 * Errors cross processes as `{ code, params }`, never as stack traces.
 */
export type ErrorParams = Record<string, string | number>;

interface Sentences {
  en: string;
  zh: string;
}

export const errorSentences = {
  internal: {
    en: 'Something went wrong inside Graft: {detail}. Your data is safe; please try again.',
    zh: 'Graft 内部出错：{detail}。您的数据未受影响，请重试。',
  },
  cancelled: {
    en: 'Cancelled.',
    zh: '已取消。',
  },
  'file.missing': {
    en: 'There is no file or folder at {path}. Check the path, or whether a drive is disconnected.',
    zh: '{path} 处没有文件或文件夹。请检查路径，或磁盘是否已断开。',
  },
  'file.unreadable': {
    en: '{path} could not be read ({detail}). Check its permissions.',
    zh: '无法读取 {path}（{detail}）。请检查其访问权限。',
  },
  'file.unwritable': {
    en: '{path} could not be written ({detail}). Choose a folder you may write to, or free some disk space.',
    zh: '无法写入 {path}（{detail}）。请选择可写的文件夹，或释放磁盘空间。',
  },
} satisfies Record<string, Sentences>;

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
