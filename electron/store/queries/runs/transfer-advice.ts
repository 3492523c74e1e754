import type Database from 'better-sqlite3';
import { z } from 'zod';
import type { AdvisedBackbone, TransferAdvice } from '../../../../shared/contract/index.ts';
import { advisedBackboneSchema } from '../../../../shared/contract/results/transferability.ts';

/** Estimates as they were made. */
export interface AdviceRow extends Pick<
  TransferAdvice,
  'id' | 'madeAt' | 'collection' | 'classes' | 'seconds' | 'failed'
> {
  revision: number;
  splitHash: string;
  backbones: AdvisedBackbone[];
}

interface StoredAdvice extends Omit<AdviceRow, 'id' | 'backbones' | 'failed'> {
  backbones: string;
  failed: string;
}

/** Estimates of how well backbones would transfer, the latest first. */
export function transferAdviceQueries(db: Database.Database) {
  const insert = db.prepare<[StoredAdvice]>(`
    INSERT INTO transfer_advice (made_at, collection, revision, split_hash, classes, seconds, backbones, failed)
    VALUES (@madeAt, @collection, @revision, @splitHash, @classes, @seconds, @backbones, @failed)`);
  const all = db.prepare<[], StoredAdvice & { id: number }>(`
    SELECT id, made_at AS madeAt, collection, revision, split_hash AS splitHash, classes, seconds, backbones, failed
    FROM transfer_advice ORDER BY id DESC`);
  return {
    insert: ({ backbones, failed, ...row }: Omit<AdviceRow, 'id'>) =>
      void insert.run({ ...row, backbones: JSON.stringify(backbones), failed: JSON.stringify(failed) }),
    all: (): AdviceRow[] =>
      all.all().map((row) => ({
        ...row,
        backbones: z.array(advisedBackboneSchema).parse(JSON.parse(row.backbones)),
        failed: JSON.parse(row.failed) as AdviceRow['failed'],
      })),
  };
}
