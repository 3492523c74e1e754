import type Database from 'better-sqlite3';
import { runGroupSchema, type RunGroup } from '../../../../shared/contract/runs/run-groups.ts';

interface StoredGroup {
  id: string;
  kind: string;
  name: string;
  params: string;
  createdAt: string;
}

/** Runs that answer one question together, newest first. */
export function runGroupQueries(db: Database.Database) {
  const columns = 'id, kind, name, params, created_at AS createdAt';
  const insert = db.prepare<[StoredGroup]>(
    'INSERT INTO run_groups (id, kind, name, params, created_at) VALUES (@id, @kind, @name, @params, @createdAt)',
  );
  const all = db.prepare<[], StoredGroup>(
    `SELECT ${columns} FROM run_groups ORDER BY created_at DESC, id DESC`,
  );
  const byId = db.prepare<[string], StoredGroup>(`SELECT ${columns} FROM run_groups WHERE id = ?`);
  const update = db.prepare<[string, string, string]>(
    'UPDATE run_groups SET name = ?, params = ? WHERE id = ?',
  );
  const remove = db.prepare<[string]>('DELETE FROM run_groups WHERE id = ?');
  return {
    insert: (group: RunGroup) => void insert.run({ ...group, params: JSON.stringify(group.params) }),
    update: ({ id, name, params }: Pick<RunGroup, 'id' | 'name' | 'params'>) =>
      void update.run(name, JSON.stringify(params), id),
    all: (): RunGroup[] => all.all().map(toGroup),
    byId(id: string): RunGroup | undefined {
      const row = byId.get(id);
      return row && toGroup(row);
    },
    /** Its runs stay, in no group. */
    remove: (id: string) => void remove.run(id),
  };
}

function toGroup(row: StoredGroup): RunGroup {
  return runGroupSchema.parse({ ...row, params: JSON.parse(row.params) as unknown });
}
