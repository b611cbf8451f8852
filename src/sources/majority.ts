import { PointsmanError } from '../core/errors.js'
import { nameOf, type RedisAddress } from './sentinel-answers.js'

/** What one sentinel says. */
export interface Testimony {
  /** `host:port` of the sentinel. */
  readonly sentinel: string
  /** Those it names; why it names nobody; undefined when it was not heard yet. */
  readonly named: readonly RedisAddress[] | PointsmanError | undefined
}

/** How many of so many sentinels have to say the same. */
export function majorityOf(sentinels: number): number {
  return Math.floor(sentinels / 2) + 1
}

function sayingOf({ sentinel, named }: Testimony): string {
  if (named === undefined) return `${sentinel}: no answer yet`
  if (named instanceof PointsmanError) return `${sentinel}: ${named.message}`
  return `${sentinel} names ${named.map(nameOf).join(' and ') || 'nobody'}`
}

function lost(what: string, testimonies: readonly Testimony[]): PointsmanError {
  const sayings = testimonies.map(sayingOf).join('; ')
  return new PointsmanError('SOURCE_LOST', `${what}; ${sayings}`)
}

/**
 * Those whom a majority of all sentinels names, in the order of their addresses; a sentinel that says nothing counts as
 * one that names nobody.
 * @param wanted `one` when every sentinel names one, and it has to be the same; `all` when each names several
 * @returns undefined while it depends on sentinels that were not heard yet; SOURCE_LOST with every saying when there is no
 *   majority
 */
export function believed(
  testimonies: readonly Testimony[],
  wanted: 'one' | 'all',
): readonly RedisAddress[] | PointsmanError | undefined {
  const majority = majorityOf(testimonies.length)
  const heard = testimonies.flatMap(({ named }) =>
    named === undefined || named instanceof PointsmanError ? [] : [named],
  )
  const byName = new Map(heard.flat().map((each) => [nameOf(each), each]))
  const votes = (name: string): number =>
    heard.filter((named) => named.some((each) => nameOf(each) === name)).length
  const chosen = [...byName].filter(([name]) => votes(name) >= majority)
  if (chosen.length > 0)
    return chosen.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, address]) => address)
  if (testimonies.some(({ named }) => named === undefined)) return undefined
  const count = `${heard.length} of ${testimonies.length} sentinels ${heard.length === 1 ? 'answers' : 'answer'}, ${majority} ${majority === 1 ? 'is' : 'are'} needed`
  if (heard.length < majority) return lost(count, testimonies)
  return wanted === 'all' ? [] : lost('the sentinels disagree about the master', testimonies)
}
