import type { ErrorParams, Language } from './errors.ts';

/** What there is to say about a device the engine could compute on: kept as a code, shown as a sentence. */
export const deviceReasons = {
  reference: {
    en: 'Every other device is measured against it. It needs no check.',
    zh: '其他设备均以它为基准，无需检查。',
  },
  passed: {
    en: 'It trains to the same losses and is {times} times as fast as the CPU.',
    zh: '训练损失与 CPU 一致，速度为 CPU 的 {times} 倍。',
  },
  slower: {
    en: 'It trains to the same losses, but takes {times} times as long as the CPU.',
    zh: '训练损失与 CPU 一致，但耗时为 CPU 的 {times} 倍。',
  },
  unchecked: {
    en: 'It has not been checked yet with this driver and this version of Graft.',
    zh: '尚未在当前驱动和当前 Graft 版本下检查。',
  },
  checking: { en: 'It is being checked now.', zh: '正在检查。' },
  'no-adapter': {
    en: 'No graphics adapter that could serve it was found.',
    zh: '未找到可供其使用的图形适配器。',
  },
  software: {
    en: '{adapter} is software that computes on the processor. It is never chosen by itself.',
    zh: '{adapter} 是在处理器上运行的软件，不会被自动选用。',
  },
  'not-installed': {
    en: 'The TensorFlow CUDA library is not installed. The README says how to add it (“Adding CUDA”).',
    zh: '未安装 TensorFlow CUDA 库。添加方法见 README 的“Adding CUDA”一节。',
  },
  'not-bundled': {
    en: 'This build of ONNX Runtime does not contain it.',
    zh: '当前的 ONNX Runtime 版本不包含它。',
  },
  'not-loaded': {
    en: 'The TensorFlow library did not load: {detail}',
    zh: 'TensorFlow 库无法加载：{detail}',
  },
  'no-cuda': {
    en: 'The TensorFlow library loaded but found no CUDA device. It needs CUDA 11.2, cuDNN 8.1 and an NVIDIA driver.',
    zh: 'TensorFlow 库已加载，但未找到 CUDA 设备。它需要 CUDA 11.2、cuDNN 8.1 和 NVIDIA 驱动。',
  },
  error: { en: 'The check ended with an error: {detail}', zh: '检查出错：{detail}' },
  losses: {
    en: 'Its losses differ from the CPU’s by {difference} percent; {tolerance} percent are allowed.',
    zh: '其损失与 CPU 相差 {difference}%；允许 {tolerance}%。',
  },
  timeout: {
    en: 'The check did not end within {seconds} seconds.',
    zh: '检查未能在 {seconds} 秒内结束。',
  },
  unfinished: {
    en: 'Its last check did not come to an end: Graft or the computer stopped meanwhile. It is avoided until it is checked again.',
    zh: '上次检查未能完成：期间 Graft 或计算机停止了运行。再次检查之前不会使用它。',
  },
  'crashed-check': {
    en: 'The engine process died while checking it. It is avoided until it is checked again.',
    zh: '检查时引擎进程崩溃。再次检查之前不会使用它。',
  },
  'crashed-use': {
    en: 'The engine process died while computing on it. It is avoided until it is checked again.',
    zh: '使用它计算时引擎进程崩溃。再次检查之前不会使用它。',
  },
  'chosen-fastest': {
    en: 'It passed the check and is the fastest here.',
    zh: '已通过检查，且在此计算机上最快。',
  },
  'chosen-only': {
    en: 'No other device passed the check and is faster.',
    zh: '没有其他通过检查且更快的设备。',
  },
} satisfies Record<string, Record<Language, string>>;

export type DeviceReasonCode = keyof typeof deviceReasons;

export interface DeviceReason {
  code: DeviceReasonCode;
  params: ErrorParams;
}

/** The sentence of a reason in a language, with its parameters filled in. */
export function deviceReasonText({ code, params }: DeviceReason, language: Language): string {
  return deviceReasons[code][language].replace(/\{(\w+)\}/g, (whole, key: string) =>
    key in params ? String(params[key]) : whole,
  );
}
