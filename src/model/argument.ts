import { readNetwork, type Network } from './address.js'
import { ipv6Words, type Words } from './ipv6.js'
import type { Parameters } from './decision.js'
import { readDouble, readVersion } from './numbers.js'
import { caseFolded, isPrintableAscii, shown } from './text.js'

/**
 * A parameter that conditions ask for, as it is in the request that is being decided. What is made of its text is kept until
 * another text comes, so that a hundred conditions cost one reading, and clients that come again none.
 */
export class Argument {
  /** Undefined when the request has no such parameter. */
  text: string | undefined
  readonly name: string
  /** The text in lower case, if `lower` was ever called; not made on demand, since it is what most conditions look at. */
  lowered: string | undefined
  private isLowered = false
  private foldedFrom: string | undefined
  private folded = ''
  private printableFrom: string | undefined
  private printable = false
  private numberFrom: string | undefined
  private number: number | undefined
  private versionFrom: string | undefined
  private version: readonly number[] = []
  private wordsFrom: string | undefined
  private words: Words | undefined
  private networkFrom: string | undefined
  private network: Network | undefined

  constructor(name: string) {
    this.name = name
  }

  /** Takes over what a request has. */
  take(text: string | undefined): void {
    this.text = text
    if (this.isLowered) this.lowered = text?.toLowerCase()
  }

  /** Has `lowered` made from now on. */
  lower(): void {
    this.isLowered = true
  }

  /** The text such that case does not count. */
  asFolded(text: string): string {
    if (text !== this.foldedFrom) {
      this.folded = caseFolded(text)
      this.foldedFrom = text
    }
    return this.folded
  }

  /** Whether it is printable ASCII. */
  isPrintable(text: string): boolean {
    if (text !== this.printableFrom) {
      this.printable = isPrintableAscii(text)
      this.printableFrom = text
    }
    return this.printable
  }

  asNumber(text: string): number | undefined {
    if (text !== this.numberFrom) {
      this.number = readDouble(text)
      this.numberFrom = text
    }
    return this.number
  }

  asVersion(text: string): readonly number[] {
    if (text !== this.versionFrom) {
      this.version = readVersion(text)
      this.versionFrom = text
    }
    return this.version
  }

  asIpv6(text: string): Words | undefined {
    if (text !== this.wordsFrom) {
      this.words = ipv6Words(text)
      this.wordsFrom = text
    }
    return this.words
  }

  asNetwork(text: string): Network | undefined {
    if (text !== this.networkFrom) {
      this.network = readNetwork(text)
      this.networkFrom = text
    }
    return this.network
  }

  /** What it is in this request, in words. */
  inWords(): string {
    return this.text === undefined
      ? `${this.name} is missing`
      : `${this.name} is ${shown(this.text)}`
  }
}

/** The parameters that one set of rules asks for. */
export class Arguments {
  private readonly byName = new Map<string, Argument>()
  private list: readonly Argument[] = []

  named(name: string): Argument {
    const known = this.byName.get(name)
    if (known) return known
    const argument = new Argument(name)
    this.byName.set(name, argument)
    this.list = [...this.byName.values()]
    return argument
  }

  /** Takes over a request. Between this and the decision nothing may wait. */
  read(parameters: Parameters): void {
    for (const argument of this.list) argument.take(parameters.get(argument.name))
  }
}
