import { compareWords, type Network } from './address.js'
import type { Words } from './ipv6.js'

/** Networks of one family, of which none is inside of another, in ascending order. */
class FamilyRanges {
  private readonly count: number
  /** Words of an address that are not the same in all of the family. */
  private readonly width: number
  private readonly lows: Uint32Array
  private readonly highs: Uint32Array

  constructor(networks: readonly Network[], width: 1 | 4) {
    const kept = outermost(networks)
    this.count = kept.length
    this.width = width
    this.lows = Uint32Array.from(kept.flatMap(({ low }) => low.slice(-width)))
    this.highs = Uint32Array.from(kept.flatMap(({ high }) => high.slice(-width)))
  }

  covers({ low, high }: Network): boolean {
    let from = 0
    let to = this.count
    while (from < to) {
      const middle = (from + to) >>> 1
      if (this.order(this.lows, middle, low) <= 0) from = middle + 1
      else to = middle
    }
    return from > 0 && this.order(this.highs, from - 1, high) >= 0
  }

  /** How the address at an index stands to another. */
  private order(addresses: Uint32Array, index: number, other: Words): number {
    const { width } = this
    for (let word = 0; word < width; word++) {
      const difference =
        (addresses[index * width + word] ?? 0) - ((other[4 - width + word] ?? 0) >>> 0)
      if (difference !== 0) return difference
    }
    return 0
  }
}

/** Two networks are either apart or one inside of the other, so the last one kept is the only one to look at. */
function outermost(networks: readonly Network[]): readonly Network[] {
  const sorted = networks.toSorted(
    (a, b) => compareWords(a.low, b.low) || compareWords(b.high, a.high),
  )
  const kept: Network[] = []
  for (const network of sorted) {
    const last = kept.at(-1)
    if (!last || compareWords(network.low, last.high) > 0) kept.push(network)
  }
  return kept
}

/** Networks to find others in; looking takes time by the logarithm of their number. */
export class AddressRanges {
  private readonly ipv4: FamilyRanges
  private readonly ipv6: FamilyRanges

  constructor(networks: readonly Network[]) {
    this.ipv4 = new FamilyRanges(
      networks.filter(({ family }) => family === 4),
      1,
    )
    this.ipv6 = new FamilyRanges(
      networks.filter(({ family }) => family === 6),
      4,
    )
  }

  /** Whether all of a network is inside of one that is listed; two halves that are listed are not their whole. */
  covers(network: Network): boolean {
    return (network.family === 4 ? this.ipv4 : this.ipv6).covers(network)
  }
}
