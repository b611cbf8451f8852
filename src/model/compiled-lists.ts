import { readNetwork } from './address.js'
import { AddressRanges } from './address-ranges.js'
import type { NamespacedList } from './document.js'
import { caseFolded } from './text.js'
import { encodedValue } from './values.js'

interface ListedNetworks {
  readonly ranges: AddressRanges
  /** The first value that is neither an address nor a network. */
  readonly foreign: string | undefined
}

/** A list as conditions look into it: each form is made when the first condition needs it, and shared by all. */
export class CompiledList {
  private readonly list: NamespacedList
  private exactMembers: ReadonlySet<string> | undefined
  private foldedMembers: ReadonlySet<string> | undefined
  private networks: ListedNetworks | undefined

  constructor(list: NamespacedList) {
    this.list = list
  }

  /** Those whose case counts; of an `encoded` list the upper-case hex MD5, which is what clients send. */
  get exact(): ReadonlySet<string> {
    return (this.exactMembers ??= new Set(this.members))
  }

  get folded(): ReadonlySet<string> {
    return (this.foldedMembers ??= new Set(this.members.map(caseFolded)))
  }

  get addresses(): ListedNetworks {
    if (!this.networks) {
      const read = this.list.values.map(readNetwork)
      const ranges = new AddressRanges(read.filter((network) => network !== undefined))
      this.networks = { ranges, foreign: this.list.values[read.indexOf(undefined)] }
    }
    return this.networks
  }

  private get members(): readonly string[] {
    const { type, values } = this.list
    return type === 'encoded' ? values.map(encodedValue) : values
  }
}

/** The lists that all applications share, by name. */
export class CompiledLists {
  private readonly byName: ReadonlyMap<string, CompiledList>

  constructor(lists: readonly NamespacedList[]) {
    this.byName = new Map(lists.map((list) => [list.name, new CompiledList(list)]))
  }

  named(name: string): CompiledList | undefined {
    return this.byName.get(name)
  }
}
