import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dealItems } from '../../../../electron/engine/data/deal-splits.ts';
import { splitNoteText } from '../../../../shared/splitting/split-words.ts';
import { defaultShares } from '../../../../shared/splitting/split.ts';

type Request = Parameters<typeof dealItems>[0];

/** Items of one class that have nothing in common, changed as the test wants them. */
function request(count: number, changes: Partial<Request> = {}): Request {
  const all = Array.from({ length: count }, (_, at) => at);
  return {
    ids: Int32Array.from(all, (at) => at + 1),
    classIds: new Int32Array(count).fill(1),
    given: new Int8Array(count).fill(-1),
    sha256: all.map((at) => `sha ${at}`),
    dhash: all.map(() => ''),
    keys: [],
    shares: defaultShares,
    seed: 42,
    keepGiven: false,
    ...changes,
  };
}

/** Shuffles the items of a request; the answer is put back into the first order. */
function inOrder(asked: Request, order: number[]): Int8Array {
  const pick = <T>(values: readonly T[]) => order.map((at) => values[at]!);
  const { splits } = dealItems({
    ...asked,
    ids: asked.ids.map((_, at) => asked.ids[order[at]!]!),
    classIds: asked.classIds.map((_, at) => asked.classIds[order[at]!]!),
    given: asked.given.map((_, at) => asked.given[order[at]!]!),
    sha256: pick(asked.sha256),
    dhash: pick(asked.dhash),
    keys: asked.keys.map(pick),
  });
  const back = new Int8Array(order.length);
  order.forEach((at, place) => (back[at] = splits[place]!));
  return back;
}

describe('dealing out items', () => {
  test('bytes, look-alikes and keys join transitively, and no cluster crosses, in whatever order items come', () => {
    const anyKeys = fc.array(fc.constantFrom('', '', '', 'a', 'b', 'c', 'd'), {
      minLength: 30,
      maxLength: 30,
    });
    const orders = fc.shuffledSubarray([...Array(30).keys()], { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(anyKeys, anyKeys, anyKeys, orders, (patients, cameras, bytes, order) => {
        const asked = request(30, {
          keys: [patients, cameras],
          sha256: bytes,
          classIds: Int32Array.from({ length: 30 }, (_, at) => at % 3),
        });
        const { splits, clusters } = dealItems(asked);
        for (const column of [patients, cameras, bytes]) {
          for (const value of ['a', 'b', 'c', 'd']) {
            const members = column.flatMap((of, at) => (of === value ? [at] : []));
            expect(new Set(members.map((at) => splits[at])).size).toBeLessThanOrEqual(1);
            expect(new Set(members.map((at) => clusters[at])).size).toBeLessThanOrEqual(1);
          }
        }
        expect(inOrder(asked, order)).toEqual(splits);
      }),
      { numRuns: 50 },
    );
  });

  test('nearly the same pictures stay together; a long chain of look-alikes is a kind of picture, and is told', () => {
    const hash = 'f0f0a5a53c3c0ff0';
    const near = 'f0f0a5a53c3c0ff3';
    const few = request(40);
    few.dhash[3] = hash;
    few.dhash[21] = near;
    const kept = dealItems(few);
    expect(kept.clusters[21]).toBe(3);
    expect(kept.groups).toEqual({ count: 1, items: 2, largest: 2 });
    expect(kept.tooAlike).toBe(0);
    const many = request(40);
    for (let at = 0; at < 12; at++) many.dhash[at] = at % 2 ? hash : near;
    const told = dealItems(many);
    expect(told).toMatchObject({ tooAlike: 12, groups: { count: 0 } });
  });

  test('given splits stay, and what belongs to a given one follows it', () => {
    const asked = request(20, { keepGiven: true, keys: [[]] });
    asked.keys[0] = Array.from({ length: 20 }, (_, at) => (at < 4 ? 'patient 7' : ''));
    asked.given[0] = 2;
    asked.given[19] = 1;
    const { splits } = dealItems(asked);
    expect([...splits.subarray(0, 4)]).toEqual([2, 2, 2, 2]);
    expect(splits[19]).toBe(1);
    expect([...splits].every((split) => split >= 0)).toBe(true);
  });

  test('a group that is most of its class is told in one sentence, with what came of it', () => {
    const asked = request(20);
    asked.keys = [Array.from({ length: 20 }, (_, at) => (at < 16 ? 'Ada' : ''))];
    const { notes, splits } = dealItems(asked);
    expect(new Set(splits.subarray(0, 16)).size).toBe(1);
    expect(notes).toMatchObject([
      { code: 'one-group', group: 'Ada', percent: 80, split: 'train', groups: 5 },
    ]);
    const { classId: _, ...note } = notes[0]!;
    expect(splitNoteText({ ...note, class: 'cat' }, 'en')).toBe(
      '80 % of cat is the group “Ada”, which stays whole in training; cat comes out as 16 / 2 / 2.',
    );
    expect(splitNoteText({ ...note, class: '猫' }, 'zh')).toContain('“猫”的 80% 属于组“Ada”');
  });

  test('a class in fewer groups than splits says so', () => {
    const asked = request(20, { keys: [Array.from({ length: 20 }, (_, at) => (at < 10 ? 'a' : 'b'))] });
    expect(dealItems(asked).notes[0]).toMatchObject({ groups: 2, counts: { train: 10 } });
    const whole = request(20, { keys: [Array.from({ length: 20 }, () => 'all')] });
    expect(dealItems(whole).notes).toMatchObject([{ code: 'few-groups', groups: 1, counts: { train: 20 } }]);
  });

  test('20,000 items with hashes are dealt out at once', () => {
    const count = 20_000;
    const asked = request(count);
    let state = 1;
    const word = () => ((state = Math.imul(state, 1664525) + 1013904223) >>> 0).toString(16).padStart(8, '0');
    asked.dhash = asked.dhash.map(() => word() + word());
    const { splits } = dealItems(asked);
    expect(splits.filter((split) => split === 2).length).toBe(0.15 * count);
  });
});
