import type { Argument, Arguments } from './argument.js'
import { Place, type Threshold } from './bucket.js'
import { SipHash } from './siphash.js'
import { isBlank, shown } from './text.js'

/** By what a client is told from others: its `serviceAccountId`, or else its `mac`, which may be blank. */
export class ClientKey {
  private readonly account: Argument
  private readonly mac: Argument
  private readonly hash = new SipHash()
  private readonly place = new Place()
  /** The key whose place this is. */
  private placed: string | undefined

  constructor(args: Arguments) {
    this.account = args.named('serviceAccountId')
    this.mac = args.named('mac')
  }

  private get source(): Argument {
    const { text } = this.account
    return text === undefined || isBlank(text) ? this.mac : this.account
  }

  /** Whether the hash of the key lies before the threshold; false without a key. */
  isWithin(threshold: Threshold): boolean {
    const { text } = this.source
    return text !== undefined && this.placeOf(text).isWithin(threshold)
  }

  /** The key and where its hash lies, in words. */
  inWords(): string {
    const { name, text } = this.source
    if (text === undefined) return 'serviceAccountId and mac are missing'
    return `${name} is ${shown(text)}, whose hash lies at ${this.placeOf(text).percent.toFixed(2)} %`
  }

  private placeOf(text: string): Place {
    if (text !== this.placed) {
      this.hash.digestText(text)
      this.place.set(this.hash.high, this.hash.low)
      this.placed = text
    }
    return this.place
  }
}
