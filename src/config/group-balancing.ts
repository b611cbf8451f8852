import type { BalancerSettings, HashKey } from '../core/balancers/balancer.js'
import { ALGORITHMS, type Algorithm } from '../core/balancers/registry.js'
import type { HealthSettings } from '../core/group-settings.js'
import { flag, milliseconds, oneOf } from './parsers.js'
import type { Findings } from './problem.js'
import { secret } from './secret.js'
import type { Reading, Values, Variables } from './variable.js'

/** Fewer could be found by trying. */
const SHORTEST_SECRET = 16

/** RFC 9110 §5.6.2, which RFC 6265 takes for names of cookies, too. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/

function hashKey(text: string): HashKey {
  if (text === 'client-ip' || text === 'path') return text
  const [kind, name = '', ...more] = text.split(':')
  if ((kind === 'header' || kind === 'cookie') && TOKEN.test(name) && more.length === 0)
    return `${kind}:${name}`
  throw new Error('must be client-ip, path, header:<name> or cookie:<name>')
}

function longSecret(text: string): string {
  if (text.length < SHORTEST_SECRET)
    throw new Error(`must have at least ${SHORTEST_SECRET} characters`)
  return text
}

/** How a group chooses a target. */
export const balancingMembers = {
  ALGORITHM: {
    parse: oneOf(ALGORITHMS),
    unset: '`LOAD_BALANCING_ALGORITHM`',
    meaning: 'how the group chooses a target',
    example: 'LEAST_REQUESTS',
  },
  HASH_KEY: {
    parse: hashKey,
    default: 'client-ip',
    meaning:
      'for `CONSISTENT_HASH`: what of a request decides: `client-ip`, `path`, `header:<name>` or `cookie:<name>`; a request without it goes to any target',
    example: 'cookie:session',
  },
  ...secret('STICKY_SECRET', {
    parse: longSecret,
    unset: 'none',
    meaning:
      'for `STICKY`: key that the values of its cookies are made with, 16 characters or more',
    example: 'some-16-characters-or-more',
  }),
  FAILBACK: {
    parse: flag,
    default: 'true',
    meaning:
      'for `SEQUENTIAL`: whether a target that is back takes over again from those behind it in the list',
    example: 'false',
  },
  SLOW_START: {
    parse: milliseconds(0),
    default: '0',
    unit: 'ms',
    meaning:
      'time in which a target that is back comes to its full share, little by little; `0` = at once; not for `SEQUENTIAL`',
    example: '30000',
  },
} as const satisfies Variables

/** The settings of a group that its values stand for. */
export function balancingSettings(
  values: Values<typeof balancingMembers>,
): Omit<BalancerSettings, 'name'> & Pick<HealthSettings, 'failback'> {
  const { STICKY_SECRET } = values
  return {
    hashKey: values.HASH_KEY,
    ...(STICKY_SECRET !== undefined && { stickySecret: STICKY_SECRET }),
    failback: values.FAILBACK,
    slowStartMs: values.SLOW_START,
  }
}

const ALL_BUT_SEQUENTIAL = ALGORITHMS.filter((algorithm) => algorithm !== 'SEQUENTIAL')

/** To which algorithms a variable means something. */
const MEANT_FOR: Readonly<Record<string, readonly Algorithm[]>> = {
  HASH_KEY: ['CONSISTENT_HASH'],
  STICKY_SECRET: ['STICKY'],
  STICKY_SECRET_FILE: ['STICKY'],
  FAILBACK: ['SEQUENTIAL'],
  SLOW_START: ALL_BUT_SEQUENTIAL,
}

/** Warns of what the algorithm of a group has no use for: it does no harm, but may not be what was meant. */
export function checkBalancing(
  prefix: string,
  algorithm: Algorithm,
  { given }: Pick<Reading<typeof balancingMembers>, 'given'>,
  findings: Findings,
): void {
  for (const [member, text] of Object.entries(given)) {
    const algorithms = MEANT_FOR[member]
    if (algorithms && !algorithms.includes(algorithm))
      findings.warning(
        prefix + member,
        text,
        `does nothing with ${algorithm}; it is for ${algorithms.join(', ')}`,
      )
  }
}
