import type { Language } from '../../shared/errors.ts';
import { en, type ReportWords } from './words/en.ts';
import { zh } from './words/zh.ts';

export interface Speech {
  words: ReportWords;
  language: Language;
  /** A sentence with its values filled in, as plain text. */
  say(sentence: string, values?: Record<string, string | number>): string;
  /** 0.9634 becomes "96.3 %". */
  percent(share: number): string;
  /** An area or F1 with three digits, or a dash. */
  score(value: number | null): string;
  count(value: number): string;
  date(iso: string): string;
}

export function speechIn(language: Language): Speech {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  return {
    words: language === 'zh' ? zh : en,
    language,
    say: (sentence, values = {}) =>
      sentence.replace(/\{(\w+)\}/g, (whole, key: string) => String(values[key] ?? whole)),
    percent: (share) => `${(share * 100).toFixed(1)} %`,
    score: (value) => (value === null || !Number.isFinite(value) ? '–' : value.toFixed(3)),
    count: (value) => new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-US').format(value),
    date: (iso) =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }).format(new Date(iso)),
  };
}

/** A difference of shares in points: 0.018 becomes "1.8". */
export const points = (share: number): string => (share * 100).toFixed(1).replace('-', '−');
