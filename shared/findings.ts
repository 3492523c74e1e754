import type { Language } from './errors.ts';
import { brokenReasons, itemReasonText, warningReasons } from './item-reasons.ts';
import type { BrokenReason, WarningReason } from './item-reasons.ts';

/** What a check of the data can find: a name for the list, and a sentence for the one case, in both languages. */
interface Sentences {
  en: string;
  zh: string;
}

interface Described {
  title: Sentences;
  /** Words in braces are filled in from the finding's params. */
  reason: Sentences;
}

/** Findings about several pictures, a label or a class. Those about one file are `fileTitles`. */
export const dataFindings = {
  conflict: {
    title: { en: 'Same picture, different labels', zh: '同一图片，不同标签' },
    reason: {
      en: 'The same picture stands under several classes ({classes}); at most one of them is right.',
      zh: '同一张图片出现在多个类别（{classes}）中，最多只有一个正确。',
    },
  },
  leak: {
    title: { en: 'Same picture in several splits', zh: '同一图片出现在多个划分中' },
    reason: {
      en: 'The same picture is in {splits}: results on it say nothing about new pictures.',
      zh: '同一张图片同时出现在{splits}中：其结果不能反映模型对新图片的表现。',
    },
  },
  duplicate: {
    title: { en: 'Exact copies', zh: '完全重复' },
    reason: {
      en: '{n} files hold exactly the same bytes; they count {n} times in training.',
      zh: '{n} 个文件内容完全相同，训练时会被重复计算 {n} 次。',
    },
  },
  'near-duplicate': {
    title: { en: 'Nearly the same picture', zh: '近似重复' },
    reason: {
      en: '{n} files show nearly the same picture: resized, recompressed, mirrored, or taken in one series.',
      zh: '{n} 个文件的画面几乎相同：经过缩放、重新压缩、镜像，或属于同一组连拍。',
    },
  },
  'label-error': {
    title: { en: 'Label is probably wrong', zh: '标签可能有误' },
    reason: {
      en: 'Labelled {given}, but a model trained without this picture takes it for {suggested} ({percent} %).',
      zh: '标注为 {given}，但未见过此图片的模型认为它是 {suggested}（{percent} %）。',
    },
  },
  outlier: {
    title: { en: 'Unlike all others', zh: '异常图片' },
    reason: {
      en: 'Unlike every other picture here: {times} times as far from its nearest ones as usual. It may not belong.',
      zh: '与其他图片都不相似：与最近图片的距离是通常的 {times} 倍，可能不属于此数据集。',
    },
  },
  'class-missing': {
    title: { en: 'Class missing from a split', zh: '某划分缺少类别' },
    reason: {
      en: '{class} has no picture in {splits}.',
      zh: '{class} 在{splits}中没有图片。',
    },
  },
  'class-few': {
    title: { en: 'Too few pictures of a class', zh: '类别图片过少' },
    reason: {
      en: '{class} has {n} pictures for training; {wanted} is the least that gives a result to rely on.',
      zh: '{class} 仅有 {n} 张训练图片；至少需要 {wanted} 张结果才有意义。',
    },
  },
  'class-imbalance': {
    title: { en: 'Classes differ much in size', zh: '类别不均衡' },
    reason: {
      en: '{class} has {n} pictures for training, the largest class {times} times as many: balanced class weights help.',
      zh: '{class} 有 {n} 张训练图片，最大类别是其 {times} 倍：建议使用均衡类别权重。',
    },
  },
  'shift-class': {
    title: { en: 'Classes differ in how pictures were taken', zh: '各类别的拍摄条件不同' },
    reason: {
      en: 'In {percent} of 100 pairs, a picture of {class} is {more} than one of another class: a model may learn that instead of the subject.',
      zh: '在 {percent}% 的图片对中，{class} 的图片比其他类别{more}：模型可能学到这一点而不是目标本身。',
    },
  },
  'shift-split': {
    title: { en: 'Splits differ in how pictures were taken', zh: '各划分的拍摄条件不同' },
    reason: {
      en: 'In {percent} of 100 pairs, a picture in {splits} is {more} than one in another split: results may not carry over.',
      zh: '在 {percent}% 的图片对中，{splits}中的图片比其他划分{more}：结果可能无法推广。',
    },
  },
} satisfies Record<string, Described>;

/** Findings about one file, by the reason that inspection noted; their sentences are those of `item-reasons.ts`. */
export const fileTitles: Record<BrokenReason | WarningReason, Sentences> = {
  'zero-bytes': { en: 'Empty files', zh: '空文件' },
  'not-an-image': { en: 'Not a picture', zh: '不是图片' },
  'unsupported-format': { en: 'Format cannot be read', zh: '格式不受支持' },
  truncated: { en: 'Cut off', zh: '文件不完整' },
  corrupt: { en: 'Damaged', zh: '已损坏' },
  'too-many-pixels': { en: 'Too many pixels', zh: '像素过多' },
  'too-many-bytes': { en: 'File too large', zh: '文件过大' },
  'too-small': { en: 'Only a few pixels', zh: '仅有几个像素' },
  unreadable: { en: 'Could not be read', zh: '无法读取' },
  missing: { en: 'File is gone', zh: '文件缺失' },
  changed: { en: 'Changed since import', zh: '导入后已更改' },
  'wrong-extension': { en: 'Wrong extension', zh: '扩展名不符' },
  'end-missing': { en: 'Last bytes missing', zh: '末尾字节缺失' },
  animated: { en: 'Animated', zh: '动画' },
  'multi-page': { en: 'Several pages', zh: '多页' },
  cmyk: { en: 'Print colours (CMYK)', zh: '印刷色彩（CMYK）' },
  '16-bit': { en: '16 bits a channel', zh: '每通道 16 位' },
  alpha: { en: 'Transparent', zh: '含透明度' },
  tiny: { en: 'Very small', zh: '尺寸过小' },
  'extreme-aspect': { en: 'Very long and narrow', zh: '过于狭长' },
  'exif-rotated': { en: 'Turned by EXIF', zh: 'EXIF 旋转' },
  'several-classes': { en: 'Several classes in one picture', zh: '一张图片含多个类别' },
};

type DataFinding = keyof typeof dataFindings;
export type FindingKind = DataFinding | BrokenReason | WarningReason;

/** Every kind, the most pressing first: as lists show them. */
export const findingKinds: readonly FindingKind[] = [
  'conflict',
  'leak',
  'label-error',
  ...(Object.keys(brokenReasons) as BrokenReason[]),
  'outlier',
  'duplicate',
  'near-duplicate',
  'class-missing',
  'class-few',
  'class-imbalance',
  'shift-class',
  'shift-split',
  ...(Object.keys(warningReasons) as WarningReason[]),
];

/** What is measured of pictures, and how one that has more (or less) of it is called. */
const comparatives: Record<string, { more: Sentences; less: Sentences }> = {
  brightness: { more: { en: 'brighter', zh: '更亮' }, less: { en: 'darker', zh: '更暗' } },
  contrast: {
    more: { en: 'richer in contrast', zh: '对比度更高' },
    less: { en: 'poorer in contrast', zh: '对比度更低' },
  },
  sharpness: { more: { en: 'sharper', zh: '更清晰' }, less: { en: 'more blurred', zh: '更模糊' } },
  saturation: { more: { en: 'more colourful', zh: '色彩更鲜艳' }, less: { en: 'greyer', zh: '色彩更灰' } },
  warmth: { more: { en: 'redder', zh: '偏红' }, less: { en: 'bluer', zh: '偏蓝' } },
  greenness: { more: { en: 'greener', zh: '偏绿' }, less: { en: 'more purple', zh: '偏紫' } },
};

const splitNames: Record<string, Sentences> = {
  train: { en: 'training', zh: '训练集' },
  validation: { en: 'validation', zh: '验证集' },
  test: { en: 'test', zh: '测试集' },
};

export type FindingParams = Record<string, string | number>;

export function findingTitle(kind: FindingKind, language: Language): string {
  return kind in dataFindings
    ? dataFindings[kind as DataFinding].title[language]
    : (fileTitles[kind as BrokenReason]?.[language] ?? kind);
}

/**
 * The sentence of one finding. Params besides those in the sentence: `splits` (codes with commas between), `measure`
 * and `direction` (`more` or `less`), and `format` of a file.
 */
export function findingReason(kind: FindingKind, params: FindingParams, language: Language): string {
  if (!(kind in dataFindings)) return itemReasonText(kind, language, String(params.format ?? '?'));
  const words: FindingParams = { ...params };
  if (params.splits !== undefined) words.splits = splitWords(String(params.splits), language);
  const comparative = comparatives[String(params.measure)]?.[params.direction === 'less' ? 'less' : 'more'];
  if (comparative) words.more = comparative[language];
  return dataFindings[kind as DataFinding].reason[language].replace(/\{(\w+)\}/g, (whole, key: string) =>
    key in words ? String(words[key]) : whole,
  );
}

function splitWords(codes: string, language: Language): string {
  const names = codes.split(',').map((code) => splitNames[code]?.[language] ?? code);
  if (language === 'zh') return names.join('和');
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
