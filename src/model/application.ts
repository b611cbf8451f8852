import type { Arguments } from './argument.js'
import type {
  CompiledApplication,
  Decision,
  Explanation,
  Parameters,
  TriedRule,
  UrlDecision,
} from './decision.js'
import type { Distribution } from './distribution.js'
import type { DocumentProblem } from './document.js'
import { RuleIndex } from './rule-index.js'
import { tryRule, type CompiledRule } from './rules.js'
import type { UrlRules } from './url-rules.js'

/** What an application is put together from. */
export interface ApplicationParts {
  /** What the rules and the distribution ask for. */
  readonly args: Arguments
  readonly rules: readonly CompiledRule<Decision>[]
  readonly distribution: Distribution
  /** For whom neither decides. */
  readonly fallback: Decision
  readonly urlRules: UrlRules
  readonly warnings: readonly DocumentProblem[]
}

/** The parts that decide, each on the arguments of its own rules. */
export class Application implements CompiledApplication {
  readonly warnings: readonly DocumentProblem[]
  private readonly args: Arguments
  private readonly rules: readonly CompiledRule<Decision>[]
  private readonly index: RuleIndex
  private readonly distribution: Distribution
  private readonly fallback: Decision
  private readonly urlRules: UrlRules

  constructor(parts: ApplicationParts) {
    this.args = parts.args
    this.rules = parts.rules
    this.index = new RuleIndex(
      parts.rules.map(({ rule }) => rule),
      parts.args,
    )
    this.distribution = parts.distribution
    this.fallback = parts.fallback
    this.urlRules = parts.urlRules
    this.warnings = parts.warnings
  }

  decide(parameters: Parameters): Decision {
    this.args.read(parameters)
    const { rules, index } = this
    for (let at = index.first(); at >= 0; at = index.after(at)) {
      const decision = rules[at]?.result()
      if (decision) return decision
    }
    return this.distribution.decide() ?? this.fallback
  }

  decideUrl(parameters: Parameters): UrlDecision {
    return this.urlRules.decide(parameters)
  }

  explain(parameters: Parameters): Explanation {
    this.args.read(parameters)
    const rules: TriedRule[] = []
    let decision: Decision | undefined
    for (const rule of this.rules) {
      const { result, tried } = tryRule(rule)
      rules.push(tried)
      decision = result
      if (decision) break
    }
    decision ??= this.distribution.decide() ?? this.fallback
    const distribution = this.distribution.inWords()
    const { url, rules: urlRules } = this.urlRules.explain(parameters)
    return { decision, url, rules, urlRules, distribution }
  }
}
