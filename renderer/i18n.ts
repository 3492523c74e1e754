import { createI18n } from 'vue-i18n';
import { errorText, toGraftError, type Language } from '../shared/errors.ts';
import { messages } from './locales/index.ts';

/** Percent and count formats; everything with a unit is made in `format.ts`. */
export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages,
  missingWarn: false,
  fallbackWarn: false,
});

/** The language a person most likely reads, from the browser's list. */
export function systemLanguage(languages: readonly string[] = navigator.languages): Language {
  return languages[0]?.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export function setLanguage(language: Language): void {
  i18n.global.locale.value = language;
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

export function currentLanguage(): Language {
  return i18n.global.locale.value === 'zh' ? 'zh' : 'en';
}

/** The sentence of any thrown value in the interface's language. */
export function errorSentence(error: unknown): string {
  const { code, params } = toGraftError(error);
  return errorText(code, params, currentLanguage());
}
