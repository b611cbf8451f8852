import type { DocumentProblem, Server, ServerGroup, UrlParameters } from './document.js'

/** What is known of a request, by name with regard to case. */
export type Parameters = ReadonlyMap<string, string>

/** Who decided: a flavor rule, a slice of the distribution, or nobody, which leaves the default server. */
export type DecidedBy = 'rule' | 'distribution' | 'default'

/** Where a request is to go. */
export interface Decision {
  readonly by: DecidedBy
  /** Id of the rule; what the slice's or default server is called otherwise. */
  readonly name: string
  /** One server, or the group whose servers are all told to the client. */
  readonly server?: Server
  readonly group?: ServerGroup
}

/** What the URL rules say, each field by the first rule that has it, then by the defaults. */
export interface UrlDecision {
  readonly parameters: Required<UrlParameters>
  /** Ids of the rules that gave a field, each once. */
  readonly applied: readonly string[]
}

/** One condition as it was tried. */
export interface TriedCondition {
  /** The condition in words: `receiverType equals box2`. */
  readonly text: string
  readonly held: boolean
  /** Why, in words: `receiverType is missing`. */
  readonly why: string
  /** Those inside of a junction. */
  readonly parts: readonly TriedCondition[]
}

/** One rule as it was tried, in the order of evaluation. */
export interface TriedRule {
  readonly id: string
  readonly matched: boolean
  /** What the order of evaluation went by. */
  readonly cost: number
  readonly conditions: readonly TriedCondition[]
}

/** A decision with everything that led to it. */
export interface Explanation {
  readonly decision: Decision
  readonly url: UrlDecision
  readonly rules: readonly TriedRule[]
  readonly urlRules: readonly TriedRule[]
  /** About the client key, its hash and the slices: one sentence. */
  readonly distribution: string
}

/** An application's model made ready to decide; immutable, and free of I/O and waiting. */
export interface CompiledApplication {
  /** Never throws, whatever the parameters are; time is linear in their length. */
  decide(parameters: Parameters): Decision
  decideUrl(parameters: Parameters): UrlDecision
  explain(parameters: Parameters): Explanation
  /** Rules that can never be reached, and other things that are allowed but doubtful. */
  readonly warnings: readonly DocumentProblem[]
}
