import type Database from 'better-sqlite3';
import { toBuffer, toBytes } from '../blobs.ts';

/** What the head thinks of items, `[items]` each. */
export interface SuggestedItems {
  ids: Int32Array;
  /** Class id, -1 where nothing is said of the item. */
  classIds: Int32Array;
  /** Of that class, 0 to 1. */
  probabilities: Float32Array;
  /** Place in the labelling queue, -1 for items that are not in it. */
  ranks: Int32Array;
}

/** When and from what suggestions were made. */
export interface SuggestionFacts {
  madeAt: string;
  /** Revision of the project that was learned from. */
  revision: number;
  /** Title of the backbone, and the id of its weights in the library. */
  backbone: string;
  weights: string;
  /** Labels that were learned from, and classes they are of. */
  labels: number;
  classes: number;
  seconds: number;
  /** Labels there were when items with a label were last judged; how many were judged, and in how many the head agreed. */
  judgedAt: number;
  judged: number;
  agreeing: number;
}

export type StoredSuggestions = SuggestionFacts & SuggestedItems;

interface Row extends SuggestionFacts {
  ids: Uint8Array;
  itemClasses: Uint8Array;
  probabilities: Uint8Array;
  ranks: Uint8Array;
}

/** The last suggestions, read once and then kept in memory: lists ask about thousands of items at a time. */
export function suggestionQueries(db: Database.Database) {
  const get = db.prepare<[], Row>(`
    SELECT made_at AS madeAt, revision, backbone, weights, labels, classes, seconds, judged_at AS judgedAt, judged,
      agreeing, ids, item_classes AS itemClasses, probabilities, ranks
    FROM suggestions`);
  const put = db.prepare<[Row]>(`
    INSERT OR REPLACE INTO suggestions (id, made_at, revision, backbone, weights, labels, classes, seconds, judged_at,
      judged, agreeing, ids, item_classes, probabilities, ranks)
    VALUES (1, @madeAt, @revision, @backbone, @weights, @labels, @classes, @seconds, @judgedAt,
      @judged, @agreeing, @ids, @itemClasses, @probabilities, @ranks)`);
  const clear = db.prepare('DELETE FROM suggestions');
  const usable = db
    .prepare<[], [number, number | null]>(
      `SELECT id, class_id FROM items WHERE status <> 'broken' AND excluded = 0 ORDER BY id`,
    )
    .raw();
  const unlabelled = db
    .prepare<[string], number>(
      'SELECT id FROM items WHERE class_id IS NULL AND id IN (SELECT value FROM json_each(?))',
    )
    .pluck();
  let known: { stored: StoredSuggestions | null; places: Map<number, number> } | null = null;
  let version = 0;

  function read() {
    if (known) return known;
    const row = get.get();
    const stored = row ? fromRow(row) : null;
    const places = new Map<number, number>();
    stored?.ids.forEach((id, place) => places.set(id, place));
    return (known = { stored, places });
  }

  function changed(): void {
    known = null;
    version++;
  }

  return {
    /** Goes up with every change. */
    get version(): number {
      return version;
    },
    /** The suggestions there are; null while they are off. */
    get: (): StoredSuggestions | null => read().stored,
    /** Where an item stands in them, undefined for one that they do not know. */
    placeOf: (id: number): number | undefined => read().places.get(id),
    /** What is said of an item, if anything is. */
    ofItem(id: number): { classId: number; probability: number } | undefined {
      const { stored, places } = read();
      const place = places.get(id);
      if (!stored || place === undefined || stored.classIds[place] === -1) return undefined;
      return { classId: stored.classIds[place]!, probability: stored.probabilities[place]! };
    },
    /** The items of the labelling queue in its order, as ids. */
    queue(): Int32Array {
      const stored = read().stored;
      if (!stored) return new Int32Array();
      const ids = new Int32Array(stored.ids.length).fill(-1);
      stored.ranks.forEach((rank, place) => rank >= 0 && (ids[rank] = stored.ids[place]!));
      return ids.filter((id) => id >= 0);
    },
    /** Takes the place of the suggestions before. */
    put({ ids, classIds, probabilities, ranks, ...facts }: StoredSuggestions) {
      put.run({
        ...facts,
        ids: toBytes(ids),
        itemClasses: toBytes(classIds),
        probabilities: toBytes(probabilities),
        ranks: toBytes(ranks),
      });
      changed();
    },
    clear() {
      clear.run();
      changed();
    },
    /** Those of the given items that have no label. */
    unlabelled: (ids: readonly number[]): number[] => unlabelled.all(JSON.stringify(ids)),
    /** Id and class of every readable item that was not left out. */
    usable: (): [id: number, classId: number | null][] => usable.all(),
  };
}

export type SuggestionQueries = ReturnType<typeof suggestionQueries>;

function fromRow({ ids, itemClasses, probabilities, ranks, ...facts }: Row): StoredSuggestions {
  return {
    ...facts,
    ids: new Int32Array(toBuffer(ids)),
    classIds: new Int32Array(toBuffer(itemClasses)),
    probabilities: new Float32Array(toBuffer(probabilities)),
    ranks: new Int32Array(toBuffer(ranks)),
  };
}
