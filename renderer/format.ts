/** Numbers as a person reads them. Units are written out by the caller's locale where they are words. */

const KILO = 1024;

/** 0.9634 becomes "96.3 %". */
export function percent(fraction: number, digits = 1): string {
  return `${(fraction * 100).toFixed(digits)} %`;
}

/** A difference of two fractions in points, with its sign: 0.018 becomes "+1.8". */
export function points(difference: number, digits = 1): string {
  const value = (difference * 100).toFixed(digits);
  return difference >= 0 ? `+${value}` : value.replace('-', '\u2212');
}

/** Areas and F1: three digits, or a dash where undefined. */
export function score(value: number | null | undefined): string {
  return value === null || value === undefined || Number.isNaN(value) ? '\u2013' : value.toFixed(3);
}

export function count(value: number, language: string): string {
  return new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-US').format(value);
}

/** 14714688 becomes "14.7 M". */
export function compactCount(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} G`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  if (value >= 1e4) return `${Math.round(value / 1e3)} k`;
  if (value >= 1e3) return `${(value / 1e3).toFixed(1)} k`;
  return String(value);
}

export function bytes(value: number): string {
  if (value < KILO) return `${value} B`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log(value) / Math.log(KILO)), units.length);
  const scaled = value / KILO ** power;
  return `${scaled < 10 ? scaled.toFixed(1) : Math.round(scaled)} ${units[power - 1] ?? 'TB'}`;
}

/** Seconds as "0.4 s", "12 s", "3 min 20 s" or "1 h 05 min". */
export function duration(seconds: number): string {
  if (seconds < 1) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

export function dateTime(iso: string, language: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(date);
}

/** Learning rates: 0.001 as "0.001", 0.00001 as "1e-5". */
export function rate(value: number): string {
  return value >= 1e-3 ? String(value) : value.toExponential().replace('e-0', 'e-');
}

/** The last part of a path, whatever the separator. */
export function baseName(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
}

/** `parent/name` in the spelling of the parent's platform. */
export function joinPath(parent: string, ...names: string[]): string {
  const separator = parent.includes('\\') ? '\\' : '/';
  return [parent.replace(/[\\/]+$/, ''), ...names].join(separator);
}
