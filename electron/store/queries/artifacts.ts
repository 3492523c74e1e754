import type Database from 'better-sqlite3';

/** A file a run left behind: its weights, an exported model. */
export interface Artifact {
  kind: 'weights' | 'onnx';
  path: string;
  bytes: number;
}

export function artifactQueries(db: Database.Database) {
  const put = db.prepare<[Artifact & { run: string; at: string }]>(`
    INSERT OR REPLACE INTO artifacts (run_id, kind, path, bytes, made_at)
    VALUES (@run, @kind, @path, @bytes, @at)`);
  const ofRun = db.prepare<[string], Artifact>(
    'SELECT kind, path, bytes FROM artifacts WHERE run_id = ? ORDER BY id',
  );
  return {
    put: (run: string, artifact: Artifact) =>
      void put.run({ ...artifact, run, at: new Date().toISOString() }),
    ofRun: (run: string) => ofRun.all(run),
  };
}
