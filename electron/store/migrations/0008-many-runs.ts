import type { Migration } from './migration.ts';

/**
 * What a person says about runs, and what a run needs to be repeated and checked: `made_with` names the program, the
 * machine and the data it met, `reproduces` the run it repeats; `recipe_key` is equal for runs of one recipe over
 * seeds.
 */
export const manyRuns: Migration = {
  version: 8,
  sql: `
ALTER TABLE runs ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN made_with TEXT;
ALTER TABLE runs ADD COLUMN reproduces TEXT REFERENCES runs (id) ON DELETE SET NULL;
ALTER TABLE runs ADD COLUMN recipe_key TEXT;
UPDATE runs SET recipe_key = sha256(json_remove(recipe, '$.seed', '$.data.revision', '$.data.splitHash'));
CREATE INDEX runs_recipe_key ON runs (recipe_key);
CREATE INDEX runs_archived ON runs (archived, number);
CREATE INDEX runs_unfinished ON runs (status) WHERE status IN ('running', 'paused');
CREATE INDEX runs_reproduces ON runs (reproduces);

CREATE TABLE run_tags (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (run_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_tags_tag ON run_tags (tag, run_id);
`,
};
