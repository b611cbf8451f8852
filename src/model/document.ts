/** How the two sides of a comparison are read; `none` and `numeric` compare numbers where both sides are, else text. */
export const VALUE_TYPES = ['none', 'numeric', 'string', 'version', 'ipv6'] as const

/** One of `VALUE_TYPES`. */
export type ValueType = (typeof VALUE_TYPES)[number]

/** The operators that compare a parameter with one value: left is the parameter. */
export const RELATIONS = [
  'equals',
  'notEqual',
  'lessThan',
  'lessOrEqual',
  'greaterThan',
  'greaterOrEqual',
] as const

/** One of `RELATIONS`. */
export type Relation = (typeof RELATIONS)[number]

/** A parameter against one value. */
export interface Comparison {
  readonly kind: Relation
  readonly parameter: string
  readonly value: string
  readonly type: ValueType
  readonly caseSensitive: boolean
}

/** A parameter against literals and named lists: equal to one, or, as an address or network, inside one. */
export interface Membership {
  readonly kind: 'contains' | 'inIpRange'
  readonly parameter: string
  readonly values: readonly string[]
  /** Names of namespaced lists. */
  readonly lists: readonly string[]
  readonly negated: boolean
  /** Means nothing to `inIpRange`. */
  readonly caseSensitive: boolean
}

/** The whole of a parameter against a regular expression, with regard to case. */
export interface Match {
  readonly kind: 'matches'
  readonly parameter: string
  readonly pattern: string
  readonly negated: boolean
}

/** Whether a parameter is absent or blank. */
export interface Emptiness {
  readonly kind: 'isEmpty'
  readonly parameter: string
  readonly negated: boolean
}

/** True for so many percent: of the client keys, each always or never (`percent`), or of the requests (`random`). */
export interface Share {
  readonly kind: 'percent' | 'random'
  /** 0 to 100, with fractions. */
  readonly percent: number
}

/** Two conditions in one. */
export interface Junction {
  readonly kind: 'and' | 'or' | 'xor'
  readonly of: readonly [Condition, Condition]
}

/** What a rule asks of a request. */
export type Condition = Comparison | Membership | Match | Emptiness | Share | Junction

/** Every kind of condition. */
export const OPERATORS: readonly Condition['kind'][] = [
  ...RELATIONS,
  'contains',
  'inIpRange',
  'matches',
  'isEmpty',
  'percent',
  'random',
  'and',
  'or',
  'xor',
]

/** The URL of a server that has a path, unless it says another one. */
export const URL_TEMPLATE = '{protocol}://{host}:{port}/{urn}'

/** A candidate to send a client to. */
export interface Server {
  /** Empty when it has none. */
  readonly name: string
  readonly description: string
  /**
   * With a path a template that has `{host}`, and may have `{protocol}`, `{port}` and `{urn}`; without one an absolute
   * URL, sent as it is.
   */
  readonly url: string
  /** Used instead of `url` for clients that came under TLS. */
  readonly secureUrl?: string
  /** `/DC/AZ/flavor`: a stack and a flavor; without `/` a flavor, which stands for all stacks that have it. */
  readonly path?: string
  /** Appended to the URL's query. */
  readonly query: Readonly<Record<string, string>>
  /** Hosts are taken from stacks that are not whitelisted, and only from these. */
  readonly nonWhitelisted: boolean
}

/** Several servers to answer with, in the order in which the client is to try them. */
export interface ServerGroup {
  readonly servers: readonly Server[]
  readonly enablePrivate: boolean
  /** Seconds, -1 or more; carried for clients. */
  readonly countDownTime: number
}

/** What a flavor rule leads to. */
export type Destination =
  | { readonly kind: 'server'; readonly server: Server }
  | { readonly kind: 'group'; readonly group: ServerGroup }

/** What fills the template of a server's URL; what is absent is left to other rules and to the defaults. */
export interface UrlParameters {
  /** A URL scheme: `https`, `wss`, `xre`. */
  readonly protocol?: string
  readonly urn?: string
  /** 1 to 65535. */
  readonly port?: number
  readonly ipVersion?: 4 | 6
}

/** Conditions that must all hold for `then`, and what comes of it when they do not. */
export interface Branch<Result> {
  readonly conditions: readonly Condition[]
  readonly then: Outcome<Result>
  readonly otherwise?: Outcome<Result>
}

/** Where a branch leads to. */
export type Outcome<Result> =
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'branch'; readonly branch: Branch<Result> }

/** A rule, by a name that is its own among the rules of its kind. */
export interface Rule<Result> extends Branch<Result> {
  readonly id: string
  /** The template whose conditions must hold too, before the rule's own. */
  readonly template?: string
}

/** Conditions that rules share by the template's name. */
export interface Template {
  readonly id: string
  readonly conditions: readonly Condition[]
}

/** A part of the clients, by their keys, that is sent elsewhere than the rest. */
export interface Slice {
  readonly id: number
  /** Above 0 and below 100; the slices of one distribution take up the hash space in their order. */
  readonly percent: number
  readonly server: Server
}

/** In which order rules are tried: the cheap ones first, as Redirector does it, or as they are listed. */
export const EVALUATION_ORDERS = ['listed', 'cost'] as const

/** One of `EVALUATION_ORDERS`. */
export type EvaluationOrder = (typeof EVALUATION_ORDERS)[number]

/** How hosts of an application are checked beside being registered. */
export interface HostCheck {
  readonly kind: 'tcp' | 'http'
  readonly port: number
  /** Begins with `/`; for `http`. */
  readonly path: string
}

/** What an application decides for itself. */
export interface ApplicationSettings {
  readonly evaluationOrder: EvaluationOrder
  /** Whether negated tests hold for a parameter that is missing; Redirector's do not. */
  readonly missingMatches: boolean
  /** Fewest whitelisted live hosts that the default and the slices must have together; a model with fewer is refused. */
  readonly minimumHosts: number
  /** By how many percent hosts per client of the slices may fall behind the default's; undefined = not looked at. */
  readonly maximumDeviation?: number
  /** Undefined = as the gateway is configured. */
  readonly discovery?: 'dynamic' | 'static'
  /** Whether hosts get the weights they register with; else all get the same. */
  readonly registeredWeights: boolean
  readonly hostCheck?: HostCheck
}

/** Everything about an application but the lists, which applications share. */
export interface ApplicationModel {
  readonly rules: readonly Rule<Destination>[]
  readonly templates: readonly Template[]
  readonly distribution: readonly Slice[]
  /** Where those go whom no rule and no slice sends elsewhere. */
  readonly defaultServer: Server
  readonly urlRules: readonly Rule<UrlParameters>[]
  readonly urlTemplates: readonly Template[]
  readonly urlDefaults: UrlParameters
  /** Stacks, `/DC/AZ`. */
  readonly whitelist: readonly string[]
  readonly settings: ApplicationSettings
}

/** What the values of a list are; clients send those of an `encoded` one as upper-case hex MD5. */
export const LIST_TYPES = ['text', 'ip', 'encoded'] as const

/** One of `LIST_TYPES`. */
export type ListType = (typeof LIST_TYPES)[number]

/** Values by a name that conditions of every application may use. */
export interface NamespacedList {
  readonly name: string
  readonly description: string
  readonly type: ListType
  readonly values: readonly string[]
}

/** A host that an application runs on. */
export interface StackHost {
  /** Address or host name. */
  readonly ipv4?: string
  readonly ipv6?: string
  /** 0 to 100; 0 takes no clients. */
  readonly weight: number
}

/** The hosts of one application on one stack in one flavor. */
export interface StackHosts {
  /** `/DC/AZ/flavor`. */
  readonly path: string
  readonly hosts: readonly StackHost[]
}

/** Something wrong in a document. */
export interface DocumentProblem {
  /** A code of `docs/gateway-model.md`: `MissedRuleName`, `PortIsInvalid`. */
  readonly code: string
  /** JSON pointer (RFC 6901) of the offending place: `/rules/0/conditions/1/value`. */
  readonly path: string
  /** For people; names what was wrong. */
  readonly message: string
}
