/** One thing that is wrong with the configuration. */
export interface Problem {
  readonly variable: string
  /**
   * As it was given, or `REDACTED`; undefined when it is not set, when its name is unknown so that it may be a secret, and when
   * the rule quotes the part that is wrong.
   */
  readonly value: string | undefined
  /** What would be right, or what is wrong, as the end of a sentence that begins with the variable. */
  readonly rule: string
}

/** What messages show in the place of a secret. */
export const REDACTED = '[redacted]'

const LONGEST_SHOWN = 256

const USER_INFO = /^([a-z\d+.-]*:\/\/)?[^/]+@/i

/** Text from outside as a message may show it: on one line, not endless, and without a password. */
export function shown(text: string): string {
  const clean = text.replace(/\p{Cc}/gu, '\u{FFFD}').replace(USER_INFO, `$1${REDACTED}@`)
  return clean.length > LONGEST_SHOWN ? `${clean.slice(0, LONGEST_SHOWN)}…` : clean
}

/** One line for an operator: `LISTENER_RULE_2_TARGET_GROUP=shop: no target group has this name; known: web, api`. */
export function describeProblem({ variable, value, rule }: Problem): string {
  return value === undefined ? `${variable}: ${rule}` : `${variable}=${shown(value)}: ${rule}`
}

/** Everything found while a configuration is read, so that all of it is reported at once. */
export class Findings {
  readonly problems: Problem[] = []
  readonly warnings: string[] = []

  problem(variable: string, value: string | undefined, rule: string): void {
    this.problems.push({ variable, value, rule })
  }

  warning(variable: string, value: string | undefined, rule: string): void {
    this.warnings.push(describeProblem({ variable, value, rule }))
  }
}
