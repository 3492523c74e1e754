import type { Language } from '../../../shared/errors.ts';

/** What the terminal's environment says its reader reads. */
export function languageOfTerminal(env = process.env): Language {
  return (env.LC_ALL || env.LC_MESSAGES || env.LANG || '').startsWith('zh') ? 'zh' : 'en';
}
