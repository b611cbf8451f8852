/** Every breakage; `answers.ts` tells what each one sends. */
export const BREAKAGES = [
  'reset-before-head',
  'half-head',
  'garbage-head',
  'never-answer',
  'reset-mid-body',
  'wrong-length',
  'slow-drip',
  'refuse-keep-alive',
  'silent-close',
] as const

/** A way in which a real server fails. */
export type Breakage = (typeof BREAKAGES)[number]

/** How a target departs from answering 200 at once. */
export interface Switches {
  /** Wait before the answer; for `slow-drip` also the wait between two bytes. */
  readonly delayMs?: number
  /** Status of the answer instead of 200. */
  readonly errorCode?: number
  readonly breakage?: Breakage
}

const MAX_DELAY_MS = 3_600_000

/** What the switches are called in the process environment. */
export const VARIABLES: SwitchNames = {
  delayMs: 'MOCK_DELAY_MS',
  errorCode: 'MOCK_ERROR_CODE',
  breakage: 'MOCK_BREAK',
}

/** What the switches are called in the query of a request. */
export const PARAMETERS: SwitchNames = {
  delayMs: 'mock-delay-ms',
  errorCode: 'mock-error-code',
  breakage: 'mock-break',
}

type SwitchNames = Readonly<Record<keyof Switches, string>>
type Lookup = (name: string) => string | null | undefined

/**
 * Switches from text; those that are absent or empty are left out.
 * @throws RangeError naming the switch, its value and what is allowed
 */
export function readSwitches(names: SwitchNames, lookup: Lookup): Switches {
  const delayMs = readInteger(names.delayMs, lookup, [0, MAX_DELAY_MS])
  const errorCode = readInteger(names.errorCode, lookup, [200, 999])
  const breakage = readBreakage(names.breakage, lookup)
  return {
    ...(delayMs !== undefined && { delayMs }),
    ...(errorCode !== undefined && { errorCode }),
    ...(breakage && { breakage }),
  }
}

function readInteger(
  name: string,
  lookup: Lookup,
  [least, most]: readonly [number, number],
): number | undefined {
  const text = lookup(name)
  if (!text) return undefined
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new RangeError(`${name} is "${text}", not a whole number from ${least} to ${most}`)
}

function readBreakage(name: string, lookup: Lookup): Breakage | undefined {
  const text = lookup(name)
  if (!text) return undefined
  const breakage = BREAKAGES.find((known) => known === text)
  if (breakage) return breakage
  throw new RangeError(`${name} is "${text}", not one of ${BREAKAGES.join(', ')}`)
}
