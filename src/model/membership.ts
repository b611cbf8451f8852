import { AddressRanges } from './address-ranges.js'
import { readNetwork, type Network } from './address.js'
import type { Compilation } from './compilation.js'
import type { CompiledList } from './compiled-lists.js'
import type { Test } from './condition-test.js'
import type { Membership } from './document.js'
import { below, quoted } from './problems.js'
import { caseFolded } from './text.js'

interface NamedList {
  readonly list: CompiledList
  /** Where its name stands. */
  readonly place: string
}

function listsOf(membership: Membership, path: string, compilation: Compilation): NamedList[] {
  return membership.lists.flatMap((name, at) => {
    const list = compilation.lists.named(name)
    const place = below(below(path, 'lists'), at)
    if (list) return [{ list, place }]
    compilation.problems.add('NamespacedListNotFound', place, `there is no list ${quoted(name)}`)
    return []
  })
}

/** Whether a parameter is one of the literals or in one of the lists, whose sizes do not matter. */
export function compileContains(
  membership: Membership,
  path: string,
  compilation: Compilation,
): Test {
  const { values, negated, caseSensitive } = membership
  const argument = compilation.args.named(membership.parameter)
  const ofMissing = negated && compilation.missingMatches
  const sets = listsOf(membership, path, compilation).map(({ list }) =>
    caseSensitive ? list.exact : list.folded,
  )
  if (values.length > 0) sets.unshift(new Set(caseSensitive ? values : values.map(caseFolded)))
  const isMember = (text: string): boolean => {
    for (const set of sets) if (set.has(text)) return true
    return false
  }
  return {
    condition: membership,
    holds: () => {
      const { text } = argument
      if (text === undefined) return ofMissing
      return isMember(caseSensitive ? text : argument.asFolded(text)) !== negated
    },
    why: () => argument.inWords(),
  }
}

function literalRanges(
  { values }: Membership,
  path: string,
  { problems }: Compilation,
): readonly AddressRanges[] {
  const networks = values.flatMap((value, at) => {
    const network = readNetwork(value)
    if (network) return [network]
    const place = below(below(path, 'values'), at)
    problems.add(
      'ValueIPV6_4TypeError',
      place,
      `${quoted(value)} is neither an address nor a network`,
    )
    return []
  })
  return networks.length > 0 ? [new AddressRanges(networks)] : []
}

function listedRanges(
  membership: Membership,
  path: string,
  compilation: Compilation,
): readonly AddressRanges[] {
  return listsOf(membership, path, compilation).map(({ list, place }) => {
    const { ranges, foreign } = list.addresses
    if (foreign !== undefined)
      compilation.problems.add(
        'IpRangeTypeError',
        place,
        `${quoted(foreign)} in the list is neither an address nor a network`,
      )
    return ranges
  })
}

/**
 * Whether all addresses of a parameter, an address or a network, are inside of one network that is listed. False for what is
 * neither, negated or not.
 */
export function compileInIpRange(
  membership: Membership,
  path: string,
  compilation: Compilation,
): Test {
  const { negated } = membership
  const argument = compilation.args.named(membership.parameter)
  const ofMissing = negated && compilation.missingMatches
  const all = [
    ...literalRanges(membership, path, compilation),
    ...listedRanges(membership, path, compilation),
  ]
  const isCovered = (network: Network): boolean => {
    for (const ranges of all) if (ranges.covers(network)) return true
    return false
  }
  return {
    condition: membership,
    holds: () => {
      const { text } = argument
      if (text === undefined) return ofMissing
      const network = argument.asNetwork(text)
      return network !== undefined && isCovered(network) !== negated
    },
    why: () => {
      const { text } = argument
      const isMalformed = text !== undefined && !argument.asNetwork(text)
      return `${argument.inWords()}${isMalformed ? ', which is neither an address nor a network' : ''}`
    },
  }
}
