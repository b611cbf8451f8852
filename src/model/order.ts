/**
 * The fewest keys that have to be taken out so that the others stand in the same order before and after: those beside a longest
 * increasing subsequence (Fredman, "On computing the length of longest increasing subsequences", 1975).
 * @param after what is in `before`, in another order; time is that of sorting
 */
export function movedKeys(
  before: readonly string[],
  after: readonly string[],
): ReadonlySet<string> {
  const places = new Map(before.map((key, place) => [key, place]))
  /** Of each length, where the sequence ends that ends with the least place. */
  const ends: number[] = []
  const previous: number[] = []
  const placeAt = (index: number): number => places.get(after[index] ?? '') ?? -1
  for (const index of after.keys()) {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (placeAt(ends[middle] ?? 0) < placeAt(index)) low = middle + 1
      else high = middle
    }
    previous[index] = ends[low - 1] ?? -1
    ends[low] = index
  }
  const moved = new Set(after)
  for (let at = ends.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) moved.delete(after[at] ?? '')
  return moved
}
