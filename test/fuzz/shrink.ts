/** Whatever is not found by then stays in. */
const LONGEST_MS = 20_000

/**
 * A shorter `text` for which `fails` still says true: pieces are left out, halves first, then ever smaller ones
 * (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002, without the complements of subsets).
 * @param text for which `fails` says true
 */
export async function shrunk(
  text: string,
  fails: (text: string) => Promise<boolean>,
): Promise<string> {
  const deadline = performance.now() + LONGEST_MS
  let best = text
  for (
    let size = Math.ceil(best.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < best.length && performance.now() < deadline;) {
      const shorter = best.slice(0, at) + best.slice(at + size)
      if (await fails(shorter)) best = shorter
      else at += size
    }
  }
  return best
}
