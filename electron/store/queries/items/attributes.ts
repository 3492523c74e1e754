import type Database from 'better-sqlite3';

export interface AttributeColumn {
  name: string;
  /** Different values, and items that have one. */
  values: number;
  items: number;
}

/** What a manifest said of items besides label and split: patient, camera, session. */
export function attributeQueries(db: Database.Database) {
  const put = db.prepare<[number, string, string]>(
    'INSERT OR REPLACE INTO item_attributes (item_id, name, value) VALUES (?, ?, ?)',
  );
  const columns = db.prepare<[], AttributeColumn>(`
    SELECT name, count(DISTINCT value) AS "values", count(*) AS items FROM item_attributes
    GROUP BY name ORDER BY name`);
  const ofName = db.prepare<[string], { id: number; value: string }>(
    'SELECT item_id AS id, value FROM item_attributes WHERE name = ?',
  );
  const ofItem = db.prepare<[number], { name: string; value: string }>(
    'SELECT name, value FROM item_attributes WHERE item_id = ? ORDER BY name',
  );
  return {
    /** Stores every attribute of an item; one that it had is replaced. */
    put(item: number, attributes: Readonly<Record<string, string>>) {
      for (const [name, value] of Object.entries(attributes)) put.run(item, name, value);
    },
    columns: () => columns.all(),
    /** The value of one attribute per item that has it. */
    ofName: (name: string): Map<number, string> =>
      new Map(ofName.all(name).map(({ id, value }) => [id, value])),
    ofItem: (item: number) => ofItem.all(item),
  };
}
