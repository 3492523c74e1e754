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
  'safetensors.not-one': {
    en: '{path} is not a safetensors file: its header cannot be read (at byte {byte}). Export or download it again.',
    zh: '{path} 不是 safetensors 文件：无法读取其文件头（字节 {byte}）。请重新导出或下载。',
  },
  'safetensors.truncated': {
    en: '{path} is cut off: it should hold {expected} bytes and ends after {actual}. Copy or download it again.',
    zh: '{path} 不完整：应有 {expected} 字节，实际只有 {actual} 字节。请重新复制或下载。',
  },
  'safetensors.trailing': {
    en: '{path} is damaged: its tensors end at byte {expected}, but the file goes on to byte {actual}.',
    zh: '{path} 已损坏：张量在字节 {expected} 处结束，但文件延续到字节 {actual}。',
  },
  'safetensors.entry': {
    en: '{path} is damaged: the header’s entry for {tensor} is malformed.',
    zh: '{path} 已损坏：文件头中 {tensor} 的条目格式不正确。',
  },
  'safetensors.dtype': {
    en: 'The tensor {tensor} in {path} has the type {dtype}, which Graft does not read. Convert it to F32.',
    zh: '{path} 中的张量 {tensor} 类型为 {dtype}，Graft 无法读取。请将其转换为 F32。',
  },
  'safetensors.size': {
    en: '{path} is damaged: the tensor {tensor} of shape {shape} and type {dtype} needs {expected} bytes, but its place is bytes {begin} to {end}.',
    zh: '{path} 已损坏：张量 {tensor}（形状 {shape}，类型 {dtype}）需要 {expected} 字节，但其位置为字节 {begin} 到 {end}。',
  },
  'safetensors.layout': {
    en: '{path} is damaged: the tensor {tensor} starts at byte {byte} instead of {expected}, leaving a hole or overlapping another.',
    zh: '{path} 已损坏：张量 {tensor} 从字节 {byte} 开始而不是 {expected}，造成空洞或与其他张量重叠。',
  },
  'safetensors.no-tensor': {
    en: '{path} holds no tensor named {tensor}. It may belong to another model.',
    zh: '{path} 中没有名为 {tensor} 的张量。该文件可能属于其他模型。',
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
