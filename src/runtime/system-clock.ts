import { randomInt } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { Clock, Random } from '../core/ports.js'

/** Time as this machine has it. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTimeMs: () => Date.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs)
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
}

/** Chance, good enough to spread load; nothing secret is made of it. */
export const systemRandom: Random = { next: () => Math.random() }

const FRACTIONS = 2 ** 47

/** Chance that nobody can foresee. */
export const systemSecureRandom: Random = { next: () => randomInt(FRACTIONS) / FRACTIONS }
