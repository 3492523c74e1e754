import type Database from 'better-sqlite3';
import {
  certificateSchema,
  type Certificate,
  type ExportFormat,
} from '../../../../shared/contract/documents/exports.ts';

/** A file a run left behind: its weights, an exported model with the proof that it is the same model. */
export interface Artifact {
  kind: 'weights' | ExportFormat;
  path: string;
  bytes: number;
  certificate?: Certificate;
}

export function artifactQueries(db: Database.Database) {
  const put = db.prepare<[string, string, string, number, string, string | null]>(`
    INSERT OR REPLACE INTO artifacts (run_id, kind, path, bytes, made_at, certificate) VALUES (?, ?, ?, ?, ?, ?)`);
  const ofRun = db.prepare<[string], Artifact>(
    'SELECT kind, path, bytes FROM artifacts WHERE run_id = ? ORDER BY id',
  );
  const certificates = db
    .prepare<[string], string>(
      'SELECT certificate FROM artifacts WHERE run_id = ? AND certificate IS NOT NULL ORDER BY id DESC',
    )
    .pluck();
  return {
    put(run: string, { kind, path, bytes, certificate }: Artifact) {
      const proof = certificate ? JSON.stringify(certificate) : null;
      put.run(run, kind, path, bytes, new Date().toISOString(), proof);
    },
    ofRun: (run: string) => ofRun.all(run),
    /** Of a run's exports, the newest first; paths as stored. */
    certificates: (run: string): Certificate[] =>
      certificates.all(run).map((body) => certificateSchema.parse(JSON.parse(body))),
  };
}
