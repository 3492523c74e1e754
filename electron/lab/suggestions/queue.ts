import type { SuggestedItems } from '../../store/queries/items/suggestions.ts';

/**
 * The ranks of a queue made anew, with what a person has done or is about to see left where it was: everything in
 * the queue before up to `ahead` places beyond the item `after` stays in that order, labelled or not; the rest
 * follows as ranked now. Nothing moves under a hand that is about to press a key.
 * @param ids items there are now, and their new ranks (-1: not in the queue)
 */
export function queueAfter(
  before: Pick<SuggestedItems, 'ids' | 'ranks'> | null,
  ids: Int32Array,
  ranks: Int32Array,
  { after, ahead }: { after?: number | undefined; ahead: number },
): Int32Array {
  const place = before && after !== undefined ? before.ids.indexOf(after) : -1;
  const last = place < 0 ? -1 : before!.ranks[place]!;
  if (last < 0) return ranks;
  const stays = Int32Array.from(before!.ids.keys()).filter((at) => {
    const rank = before!.ranks[at]!;
    return rank >= 0 && rank <= last + ahead;
  });
  stays.sort((a, b) => before!.ranks[a]! - before!.ranks[b]!);
  const positions = new Map<number, number>();
  ids.forEach((id, position) => positions.set(id, position));
  const queue = new Set<number>();
  for (const at of stays) {
    const position = positions.get(before!.ids[at]!);
    if (position !== undefined) queue.add(position);
  }
  const open = Int32Array.from(ids.keys()).filter((position) => ranks[position]! >= 0);
  for (const position of open.sort((a, b) => ranks[a]! - ranks[b]!)) queue.add(position);
  const kept = new Int32Array(ids.length).fill(-1);
  [...queue].forEach((position, rank) => (kept[position] = rank));
  return kept;
}
