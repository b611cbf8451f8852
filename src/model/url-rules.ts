import type { Parameters, TriedRule, UrlDecision } from './decision.js'
import type { UrlParameters } from './document.js'
import type { Arguments } from './argument.js'
import { RuleIndex } from './rule-index.js'
import { tryRule, type CompiledRule } from './rules.js'

/** What is left when neither a rule nor the application's defaults say anything. */
const FALLBACKS: Required<UrlParameters> = {
  protocol: 'xre',
  urn: 'shell',
  port: 10_004,
  ipVersion: 4,
}

/** Fields as rules fill them, the first one that has a value each; an empty text and a 0 are none. */
class Merge {
  readonly applied: string[] = []
  private protocol: string | undefined
  private urn: string | undefined
  private port: number | undefined
  private ipVersion: 4 | 6 | undefined

  take(id: string, { protocol, urn, port, ipVersion }: UrlParameters): void {
    const gives =
      Boolean(protocol && !this.protocol) ||
      Boolean(urn && !this.urn) ||
      Boolean(port && !this.port) ||
      Boolean(ipVersion && !this.ipVersion)
    if (!gives) return
    this.applied.push(id)
    this.protocol ||= protocol
    this.urn ||= urn
    this.port ||= port
    this.ipVersion ||= ipVersion
  }

  get isComplete(): boolean {
    return Boolean(this.protocol && this.urn && this.port && this.ipVersion)
  }

  finish(defaults: Required<UrlParameters>): UrlDecision {
    const parameters = {
      protocol: this.protocol || defaults.protocol,
      urn: this.urn || defaults.urn,
      port: this.port || defaults.port,
      ipVersion: this.ipVersion || defaults.ipVersion,
    }
    return { parameters, applied: this.applied }
  }
}

/** The URL rules of an application with its defaults. */
export class UrlRules {
  private readonly rules: readonly CompiledRule<UrlParameters>[]
  private readonly index: RuleIndex
  private readonly args: Arguments
  private readonly defaults: Required<UrlParameters>
  /** When no rule says anything. */
  private readonly unruled: UrlDecision

  /** @param args what the rules ask for */
  constructor(
    rules: readonly CompiledRule<UrlParameters>[],
    args: Arguments,
    defaults: UrlParameters,
  ) {
    this.rules = rules
    this.index = new RuleIndex(
      rules.map(({ rule }) => rule),
      args,
    )
    this.args = args
    const merge = new Merge()
    merge.take('', defaults)
    this.defaults = Object.freeze(merge.finish(FALLBACKS).parameters)
    this.unruled = Object.freeze({ parameters: this.defaults, applied: Object.freeze([]) })
  }

  decide(parameters: Parameters): UrlDecision {
    this.args.read(parameters)
    let merge: Merge | undefined
    const { rules, index } = this
    for (let at = index.first(); at >= 0; at = index.after(at)) {
      const rule = rules[at]
      const given = rule?.result()
      if (!rule || !given) continue
      merge ??= new Merge()
      merge.take(rule.rule.id, given)
      if (merge.isComplete) break
    }
    return merge ? merge.finish(this.defaults) : this.unruled
  }

  explain(parameters: Parameters): { readonly url: UrlDecision; readonly rules: TriedRule[] } {
    this.args.read(parameters)
    const merge = new Merge()
    const rules: TriedRule[] = []
    for (const rule of this.rules) {
      const { result, tried } = tryRule(rule)
      rules.push(tried)
      if (result) merge.take(rule.rule.id, result)
      if (merge.isComplete) break
    }
    return { url: merge.finish(this.defaults), rules }
  }
}
