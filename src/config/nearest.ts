/** Characters that have to be added, dropped or replaced to turn one text into the other (Wagner and Fischer, 1974). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + Number(from[i - 1] !== to[j - 1])
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}

const FURTHEST = 3

/** The word that `text` was probably meant to be; undefined when none is near. */
export function nearest(text: string, words: readonly string[]): string | undefined {
  let best: string | undefined
  let least = FURTHEST + 1
  for (const word of words) {
    const distance = editDistance(text, word)
    if (distance >= least) continue
    best = word
    least = distance
  }
  return best
}
