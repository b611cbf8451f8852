import { thresholdOf } from './bucket.js'
import type { Compilation } from './compilation.js'
import type { Test } from './condition-test.js'
import type { Emptiness, Share } from './document.js'
import { isBlank } from './text.js'

/** Whether a parameter is missing or has nothing but white space. */
export function compileEmptiness(emptiness: Emptiness, { args }: Compilation): Test {
  const argument = args.named(emptiness.parameter)
  const { negated } = emptiness
  return {
    condition: emptiness,
    holds: () => (argument.text === undefined || isBlank(argument.text)) !== negated,
    why: () => argument.inWords(),
  }
}

/** A part of the clients, for each of which it is always the same. */
export function compilePercent(share: Share, { clientKey }: Compilation): Test {
  const threshold = thresholdOf(share.percent)
  return {
    condition: share,
    holds: () => clientKey.isWithin(threshold),
    why: () => clientKey.inWords(),
  }
}

/** A part of the requests, drawn anew for each. */
export function compileRandom(share: Share, { random }: Compilation): Test {
  let drawn = 0
  return {
    condition: share,
    holds: () => {
      drawn = random.next() * 100
      return drawn < share.percent
    },
    why: () => `${drawn.toFixed(2)} was drawn`,
  }
}
