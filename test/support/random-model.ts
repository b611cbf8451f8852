import { LEGACY_SETTINGS } from '../../src/model/defaults.js'
import {
  EVALUATION_ORDERS,
  RELATIONS,
  URL_TEMPLATE,
  VALUE_TYPES,
  type ApplicationModel,
  type ApplicationSettings,
  type Branch,
  type Condition,
  type Destination,
  type Outcome,
  type Rule,
  type Server,
  type Template,
  type UrlParameters,
} from '../../src/model/document.js'
import { pick, seeded } from './seeded.js'

const URL_DEFAULTS: UrlParameters = { protocol: 'xre', port: 8081, ipVersion: 4 }
const NAMES = ['mac', 'receiverType', 'a', 'constructor', 'X-Client', 'größe']
const TEXTS = ['box2', '1.2.3', '<&>"\'', ']]>', '10.0.0.0/8', '::1', 'a,b', '𝄞', '%zz', '1e3']

/** Makes models that say everything there is, also what makes no sense; the same seed makes the same ones. */
export class RandomModels {
  private readonly random: () => number
  private readonly isLegacy: boolean

  /** @param isLegacy only what the XML form of Redirector can say, as it comes out of reading that form */
  constructor(seed: number, isLegacy = false) {
    this.random = seeded(seed)
    this.isLegacy = isLegacy
  }

  model(): ApplicationModel {
    const templates = this.templates('t')
    const urlTemplates = this.templates('u')
    return {
      rules: this.rules('rule', templates, () => this.destination()),
      templates,
      distribution: this.some((id) => ({
        id,
        percent: this.upTo(990) / 10,
        server: this.server(),
      })),
      defaultServer: this.server(),
      urlRules: this.rules('url', urlTemplates, () => this.urlParameters()),
      urlTemplates,
      urlDefaults: { ...(this.isLegacy && URL_DEFAULTS), ...this.urlParameters() },
      whitelist: this.some((n) => `/DC${n}/Z${this.upTo(3)}`),
      settings: this.isLegacy ? LEGACY_SETTINGS : this.settings(),
    }
  }

  condition(depth = 0): Condition {
    const parameter = pick(this.random, NAMES)
    const [negated, caseSensitive] = [this.flip(), this.flip()]
    const choice = this.upTo(depth > 3 ? 5 : 6)
    if (choice === 0) {
      const [kind, type] = [pick(this.random, RELATIONS), pick(this.random, VALUE_TYPES)]
      return { kind, parameter, value: this.text(), type, caseSensitive }
    }
    if (choice === 1) {
      const kind = this.flip() ? 'contains' : 'inIpRange'
      const values = [...(this.isLegacy ? ['a'] : []), ...this.some(() => this.text())]
      return {
        kind,
        parameter,
        values,
        lists: this.some((n) => `list${n}`),
        negated,
        caseSensitive,
      }
    }
    if (choice === 2) return { kind: 'matches', parameter, pattern: this.text(), negated }
    if (choice === 3) return { kind: 'isEmpty', parameter, negated }
    if (choice === 4)
      return { kind: this.flip() ? 'percent' : 'random', percent: this.upTo(1000) / 10 }
    const kind = pick(this.random, ['and', 'or', 'xor'] as const)
    return { kind, of: [this.condition(depth + 1), this.condition(depth + 1)] }
  }

  server(): Server {
    const isSimple = this.flip()
    const names = this.some((n) => `q${n}${this.isLegacy ? '' : this.text()}`)
    return {
      name: pick(this.random, ['', 'beta', 'größe']),
      description: pick(this.random, ['', '<a> & b']),
      url: isSimple ? URL_TEMPLATE : 'wss://host.example:9/a?b=c&d',
      ...(isSimple && { path: pick(this.random, ['1.9', '/DC/AZ/2.0']) }),
      ...(this.flip() && { secureUrl: 'wss://host.example/' }),
      query: Object.fromEntries(names.map((name) => [name, this.text()])),
      nonWhitelisted: this.flip(),
    }
  }

  /** Only what it holds can be a template's name. */
  private rules<Result>(
    name: string,
    templates: readonly Template[],
    result: () => Result,
  ): readonly Rule<Result>[] {
    return this.some((n) => {
      const branch = this.branch(result)
      // With an else the legacy form has one condition, in which a template is not found again.
      const isAlone = this.isLegacy && branch.otherwise !== undefined
      const template = this.flip() && !isAlone ? templates[this.upTo(3)]?.id : undefined
      return { id: `${name}_${n}`, ...(template !== undefined && { template }), ...branch }
    })
  }

  private branch<Result>(result: () => Result, depth = 0): Branch<Result> {
    const hasElse = this.random() < 0.3
    const most = this.isLegacy && hasElse ? 1 : 4
    return {
      conditions: Array.from({ length: 1 + this.upTo(most) }, () => this.condition()),
      // Two branches in one another without an else are one in the legacy form.
      then: this.outcome(result, this.isLegacy && !hasElse ? 9 : depth),
      ...(hasElse && { otherwise: this.outcome(result, depth) }),
    }
  }

  private outcome<Result>(result: () => Result, depth: number): Outcome<Result> {
    if (depth > 2 || this.flip()) return { kind: 'result', result: result() }
    return { kind: 'branch', branch: this.branch(result, depth + 1) }
  }

  private templates(name: string): readonly Template[] {
    return this.some((n) => ({
      id: `${name}${n}`,
      conditions: [this.condition(), this.condition()],
    }))
  }

  private destination(): Destination {
    if (this.flip()) return { kind: 'server', server: this.server() }
    const servers = [this.server(), ...this.some(() => this.server())]
    return {
      kind: 'group',
      group: { servers, enablePrivate: this.flip(), countDownTime: this.upTo(9) - 1 },
    }
  }

  private urlParameters(): UrlParameters {
    return {
      ...(this.flip() && { protocol: pick(this.random, ['xre', 'wss']) }),
      ...(this.flip() && { port: 1 + this.upTo(65535) }),
      ...(this.flip() && { ipVersion: pick(this.random, [4, 6] as const) }),
      urn: pick(this.random, ['shell', 'a/b;c']),
    }
  }

  private settings(): ApplicationSettings {
    return {
      evaluationOrder: pick(this.random, EVALUATION_ORDERS),
      missingMatches: this.flip(),
      minimumHosts: this.upTo(3),
      ...(this.flip() && { maximumDeviation: this.upTo(100) }),
      ...(this.flip() && { discovery: pick(this.random, ['dynamic', 'static'] as const) }),
      registeredWeights: this.flip(),
      ...(this.flip() && { hostCheck: { kind: 'http', port: 80, path: '/healthy' } }),
    }
  }

  private text(): string {
    return pick(this.random, this.isLegacy ? TEXTS : [...TEXTS, '', ' ', '\u0000\r\n', '\ud800'])
  }

  private some<Item>(make: (n: number) => Item): readonly Item[] {
    return Array.from({ length: this.upTo(4) }, (_, n) => make(n))
  }

  private upTo(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  private flip(): boolean {
    return this.random() < 0.5
  }
}
