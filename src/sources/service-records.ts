import type { ServiceRecord } from './resolver.js'

const MAX_WEIGHT = 100

/**
 * The records in use: those with the lowest priority, for the others are a reserve that a list of targets has no place
 * for. Weights come out between 1 and 100, in their proportions: as they are when they fit, scaled down when they do not.
 * A record whose name is the root says that there is no such service, and is left out.
 * @returns ordered by name and port, so that an answer that was only shuffled gives the same list
 */
export function recordsInUse(records: readonly ServiceRecord[]): readonly ServiceRecord[] {
  const offered = records.filter(({ name }) => name !== '' && name !== '.')
  const lowest = offered.reduce((least, { priority }) => Math.min(least, priority), Infinity)
  const chosen = offered.filter(({ priority }) => priority === lowest)
  const heaviest = chosen.reduce((most, { weight }) => Math.max(most, weight), 0)
  const scale = heaviest > MAX_WEIGHT ? MAX_WEIGHT / heaviest : 1
  return chosen
    .map((record) => ({ ...record, weight: Math.max(1, Math.round(record.weight * scale)) }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.port - b.port))
}
