import type { ApplicationModel } from './document.js'
import { below, quoted, type Problems } from './problems.js'
import type { ServersValidation } from './validate-servers.js'

/** Looks at the slices of a model, each for itself and together. */
export function validateDistribution(
  { distribution, defaultServer }: ApplicationModel,
  servers: ServersValidation,
  problems: Problems,
): void {
  const ids = new Set<number>()
  const paths = new Set<string>()
  let total = 0
  for (const [index, { id, percent, server }] of distribution.entries()) {
    const place = below('/distribution', index)
    servers.check(server, below(place, 'server'))
    if (ids.has(id)) problems.add('DuplicatedSliceId', below(place, 'id'), `${id} is taken`)
    ids.add(id)
    if (percent <= 0 || percent >= 100) {
      const message = `must be above 0 and below 100, and is ${percent}`
      problems.add('RuleDistributionPercentageInvalid', below(place, 'percent'), message)
    }
    total += percent
    const { path } = server
    const pathPlace = below(below(place, 'server'), 'path')
    if (path === undefined) {
      const message = 'a slice leads to hosts of a path, not to a fixed URL'
      problems.add('DistributionOnlySimpleServersErr', below(place, 'server'), message)
    } else if (paths.has(path)) {
      const message = `another slice leads to ${quoted(path)} already`
      problems.add('DistributionDuplicatedServersErr', pathPlace, message)
    } else if (path === defaultServer.path) {
      const message = `the default server leads to ${quoted(path)} anyway`
      problems.add('ServerPathOverridesDistribution', pathPlace, message)
    } else paths.add(path)
  }
  if (total < 100) return
  const message = `the slices are ${total} percent together; the default server needs some`
  problems.add('DistributionPercentageInvalid', '/distribution', message)
}
