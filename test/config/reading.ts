import { readConfig, type Config } from '../../src/config.js'
import { describeProblem } from '../../src/config/problem.js'

/** The least that is a configuration. */
export const LEAST = {
  TARGET_GROUP_1_NAME: 'web',
  TARGET_GROUP_1_TARGETS: '127.0.0.1:9001',
  LISTENER_RULE_1_PATH_PREFIX: '/',
  LISTENER_RULE_1_TARGET_GROUP: 'web',
}

/** An environment. */
export type Variables = Readonly<Record<string, string>>

/** Variables of the group there is, without what their names begin with. */
export function ofGroup(members: Variables): Variables {
  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(members)) variables[`TARGET_GROUP_1_${name}`] = value
  return variables
}

/** What is wrong with the least configuration and these variables, as an operator reads it. */
export function problemsWith(variables: Variables): readonly string[] {
  const result = readConfig({ ...LEAST, ...variables })
  return 'problems' in result ? result.problems.map(describeProblem) : []
}

/** The least configuration with these variables; throws when something is wrong with it. */
export function reading(variables: Variables): {
  readonly config: Config
  readonly warnings: readonly string[]
} {
  const result = readConfig({ ...LEAST, ...variables })
  if ('problems' in result) throw new Error(result.problems.map(describeProblem).join('\n'))
  return result
}

/** The proxy of the least configuration with these variables. */
export function proxyWith(variables: Variables): NonNullable<Config['proxy']> {
  const { proxy } = reading(variables).config
  if (!proxy) throw new Error('no proxy')
  return proxy
}
