import { readSettings } from '../settings.ts';
import type { LabOptions } from '../context.ts';

/** Whether nothing may be fetched: so started, or so set. */
export function isOffline({ offline = false, dataDir }: Pick<LabOptions, 'offline' | 'dataDir'>): boolean {
  return offline || readSettings(dataDir).offline;
}
