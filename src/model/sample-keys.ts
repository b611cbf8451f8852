import { Arguments } from './argument.js'
import { thresholdOf } from './bucket.js'
import { ClientKey } from './client-key.js'

/** Keys that are tried for a place in the hash space: about so many of a percent there are among them. */
const KEYS_PER_PERCENT = 40

interface KnownKey {
  readonly key: string
  /** Between which thousandths of the hash space it lies; sorted by it. */
  readonly place: number
}

/** Client keys by where their hashes lie, to find one at either side of a percentage. */
export class SampleKeys {
  private readonly keys: readonly KnownKey[]

  constructor() {
    const args = new Arguments()
    const client = new ClientKey(args)
    const thresholds = Array.from({ length: 1000 }, (_, place) => thresholdOf(place / 10))
    const placeOf = (key: string): number => {
      args.read(new Map([['serviceAccountId', key]]))
      let [low, high] = [0, thresholds.length]
      while (low < high) {
        const middle = (low + high) >>> 1
        const threshold = thresholds[middle]
        if (threshold && client.isWithin(threshold)) high = middle
        else low = middle + 1
      }
      return low
    }
    this.keys = Array.from({ length: 100 * KEYS_PER_PERCENT }, (_, number) => `account-${number}`)
      .map((key) => ({ key, place: placeOf(key) }))
      .sort((a, b) => a.place - b.place)
  }

  /** The last key before a percentage of the hash space and the first behind it, as far as there are any. */
  around(percent: number): readonly string[] {
    const behind = this.keys.findIndex(({ place }) => place > percent * 10)
    const before = behind < 0 ? this.keys.at(-1) : this.keys[behind - 1]
    return [before, this.keys[behind]].flatMap((known) => (known ? [known.key] : []))
  }
}
