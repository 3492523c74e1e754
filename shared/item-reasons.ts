/**
 * Why a file is left aside, cannot be used, or deserves a look. Stored with an item as a code,
 * shown as a sentence. `{format}` is filled in where a file's true format is known.
 */
interface Sentences {
  en: string;
  zh: string;
}

/** The file is an item, but no picture can be got from it; it takes no part in training. */
export const brokenReasons = {
  'zero-bytes': { en: 'The file is empty (0 bytes).', zh: '文件为空（0 字节）。' },
  'not-an-image': {
    en: 'This is not a picture, whatever its name says.',
    zh: '无论文件名如何，这不是图片。',
  },
  'unsupported-format': {
    en: 'The picture format {format} cannot be read here. Save it as PNG or JPEG.',
    zh: '无法读取 {format} 格式的图片。请另存为 PNG 或 JPEG。',
  },
  truncated: {
    en: 'The file is cut off: part of the picture is missing.',
    zh: '文件不完整：图片缺少一部分。',
  },
  corrupt: { en: 'The picture data is damaged.', zh: '图片数据已损坏。' },
  'too-many-pixels': {
    en: 'The picture has too many pixels to be opened safely.',
    zh: '图片像素过多，无法安全打开。',
  },
  'too-many-bytes': {
    en: 'The file is too large to be opened safely.',
    zh: '文件过大，无法安全打开。',
  },
  'too-small': {
    en: 'The picture is only a few pixels in size; there is nothing to learn from it.',
    zh: '图片只有几个像素，没有可学习的内容。',
  },
  unreadable: {
    en: 'The file could not be read from disk. Check its permissions.',
    zh: '无法从磁盘读取该文件。请检查其访问权限。',
  },
  missing: {
    en: 'The file is no longer where it was.',
    zh: '文件已不在原处。',
  },
  changed: {
    en: 'The file has changed since it was imported. Import it again.',
    zh: '文件在导入后已被更改。请重新导入。',
  },
} satisfies Record<string, Sentences>;

/** The picture is used; a person may want to know. */
export const warningReasons = {
  'wrong-extension': {
    en: 'The file is a {format}, but its name says otherwise.',
    zh: '文件实际为 {format} 格式，与扩展名不符。',
  },
  'end-missing': {
    en: 'The last bytes of the file are missing; the picture itself is whole.',
    zh: '文件末尾缺少若干字节，图片本身完整。',
  },
  animated: { en: 'An animation: its first frame is used.', zh: '动画图片：仅使用第一帧。' },
  'multi-page': { en: 'Several pages: the first is used.', zh: '多页图片：仅使用第一页。' },
  cmyk: {
    en: 'Print colours (CMYK), converted to screen colours.',
    zh: '印刷色彩（CMYK），已转换为屏幕色彩。',
  },
  '16-bit': { en: '16 bits a channel, scaled to 8.', zh: '每通道 16 位，已缩放为 8 位。' },
  alpha: { en: 'Transparent parts are shown on white.', zh: '透明部分以白色显示。' },
  tiny: { en: 'Very small: it will be enlarged and blurred.', zh: '尺寸过小：放大后会模糊。' },
  'extreme-aspect': {
    en: 'Very long and narrow: it will be squeezed or cropped hard.',
    zh: '过于狭长：将被严重压缩或裁剪。',
  },
  'exif-rotated': {
    en: 'Stored rotated or mirrored; shown upright as its EXIF tag says.',
    zh: '以旋转或镜像方式存储，已按 EXIF 标记摆正。',
  },
  'several-classes': {
    en: 'The source marks several classes in this picture; it was given that of the largest object. Check the label.',
    zh: '来源在该图片中标注了多个类别；已采用面积最大的对象的类别。请核对标签。',
  },
} satisfies Record<string, Sentences>;

/** The file or row is left aside at import and never becomes an item. */
export const skipReasons = {
  'system-file': { en: 'A hidden or system file.', zh: '隐藏文件或系统文件。' },
  'not-an-image': { en: 'Not a picture.', zh: '不是图片。' },
  'nested-folder': {
    en: 'A folder inside a class folder. Import it by itself, or move its pictures up.',
    zh: '类别文件夹内的子文件夹。请单独导入，或将其中图片上移。',
  },
  'outside-splits': {
    en: 'Lies beside the split folders (train, validation, test) and belongs to none of them.',
    zh: '位于划分文件夹（train、validation、test）之外，不属于任何划分。',
  },
  'broken-link': { en: 'A link that leads nowhere or in a circle.', zh: '链接无效或循环。' },
  'unreadable-folder': {
    en: 'The folder could not be opened. Check its permissions.',
    zh: '无法打开该文件夹。请检查其访问权限。',
  },
  'unusable-name': {
    en: 'The name is not valid text; rename the file.',
    zh: '文件名不是有效文本，请重命名。',
  },
  'not-a-file': { en: 'Neither a file nor a folder.', zh: '既不是文件也不是文件夹。' },
  'missing-file': { en: 'Listed, but there is no such file.', zh: '已列出，但文件不存在。' },
  'bad-annotation': {
    en: 'The annotation file could not be understood: it is not Pascal VOC XML.',
    zh: '无法解析该标注文件：不是 Pascal VOC 格式的 XML。',
  },
  'link-in-archive': {
    en: 'A link in the archive; links are not unpacked.',
    zh: '压缩包中的链接；不会解压链接。',
  },
  'same-name': {
    en: 'Another file in the archive has the same name.',
    zh: '压缩包中另有同名文件。',
  },
  'damaged-entry': {
    en: 'Damaged in the archive: it does not match its checksum.',
    zh: '在压缩包中已损坏：与校验和不符。',
  },
  'too-large': { en: 'Too large to be opened safely.', zh: '文件过大，无法安全打开。' },
  'unknown-split': {
    en: 'The row’s split is none of train, validation and test.',
    zh: '该行的划分不是 train、validation 或 test。',
  },
  'listed-twice': { en: 'The same file stands in an earlier row.', zh: '同一文件已在前面的行中列出。' },
} satisfies Record<string, Sentences>;

export type BrokenReason = keyof typeof brokenReasons;
export type WarningReason = keyof typeof warningReasons;
export type SkipReason = keyof typeof skipReasons;

const itemReasons: Record<string, Sentences> = { ...brokenReasons, ...warningReasons };
const setAside: Record<string, Sentences> = skipReasons;

/** The sentence of a reason stored with an item; an unknown code (of a newer version) is shown as it is. */
export function itemReasonText(code: string, language: 'en' | 'zh', format = '?'): string {
  return itemReasons[code]?.[language].replace('{format}', format) ?? code;
}

/** The sentence of a reason in an import report's list of skipped files. */
export function skipReasonText(code: string, language: 'en' | 'zh'): string {
  return setAside[code]?.[language] ?? code;
}
