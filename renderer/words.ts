import { i18n } from './i18n.ts';

/** Locale keys of codes that come from the lab. A code this version does not know has a plain fallback. */
function known(key: string, fallback: string): string {
  return i18n.global.te(key, 'en') ? key : fallback;
}

/** What the engine calls its device, e.g. "CPU, 2 threads", in the interface's language. */
export function engineLabel(label: string): string {
  const cpu = /^CPU, (\d+) threads?$/.exec(label);
  return cpu ? i18n.global.t('terms.cpuThreads', { n: cpu[1] }, Number(cpu[1])) : label;
}

export const phaseKey = (phase: string): string => known(`terms.phase.${phase}`, 'terms.phase.other');
export const rungKey = (key: string): string => known(`ladder.rung.${key}`, 'ladder.rung.other');
export const editKey = (action: string): string => known(`terms.edit.${action}`, 'terms.edit.other');
export const warningKey = (code: string): string => known(`terms.warning.${code}`, 'terms.warning.other');
