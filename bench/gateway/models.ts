import type { Parameters } from '../../src/model/decision.js'
import type {
  ApplicationModel,
  Comparison,
  Condition,
  NamespacedList,
  Rule,
  Destination,
  Server,
} from '../../src/model/document.js'

/** A model as fleets have them, with the lists that it uses. */
export interface Case {
  readonly name: string
  readonly model: ApplicationModel
  readonly lists: readonly NamespacedList[]
}

function server(name: string, path: string): Server {
  const url = '{protocol}://{host}:{port}/{urn}'
  return { name, description: '', url, path, query: {}, nonWhitelisted: false }
}

function equals(parameter: string, value: string): Comparison {
  return { kind: 'equals', parameter, value, type: 'none', caseSensitive: false }
}

/** The conditions of the n-th rule: what operators write, in the proportions in which they do. */
function conditionsOf(n: number): readonly Condition[] {
  const isBox = equals('receiverType', `box${n}`)
  switch (n % 10) {
    case 0:
      return [isBox, { ...equals('firmware', `2.${n}`), kind: 'greaterOrEqual', type: 'version' }]
    case 1:
      return [{ kind: 'or', of: [isBox, equals('receiverType', `box${n}-pro`)] }]
    case 2:
      return [isBox, { kind: 'percent', percent: 10 }]
    case 3: {
      const values = [`AA:BB:CC:00:00:${n}`, `AA:BB:CC:00:01:${n}`]
      const [lists, negated] = [[], false]
      return [{ kind: 'contains', parameter: 'mac', values, lists, negated, caseSensitive: false }]
    }
    case 4: {
      const values = [`10.${n % 200}.0.0/16`, `192.0.2.${n % 200}`]
      const parameter = 'clientAddress'
      const [lists, negated] = [[], false]
      return [{ kind: 'inIpRange', parameter, values, lists, negated, caseSensitive: false }]
    }
    case 5:
      return [{ kind: 'matches', parameter: 'receiverId', pattern: `P${n}X.*`, negated: false }]
    default:
      return [isBox, equals('region', 'north')]
  }
}

const CLIENTS = 1000

/** Clients of which about one in ten meets a rule; all others go all the way through to the distribution. */
export function clientsOf(rules: number): readonly Parameters[] {
  return Array.from(
    { length: CLIENTS },
    (_, i) =>
      new Map([
        ['accept', '*/*'],
        ['host', 'gateway.example'],
        ['user-agent', 'Box/2.0 (player)'],
        ['receiverType', i % 10 === 0 ? `box${i % rules}` : `tv${i % 50}`],
        ['receiverId', `R${i}X-${i * 7919}`],
        ['firmware', `1.${i % 40}.${i % 7}`],
        ['region', i % 2 === 0 ? 'north' : 'south'],
        ['mac', `02:00:00:00:${(i >> 8).toString(16)}:${(i & 255).toString(16)}`],
        ['clientAddress', `203.0.${i >> 8}.${i & 255}`],
        ['clientIpv6', `2001:db8:ffff::${i.toString(16)}`],
      ]),
  )
}

function modelOf(rules: readonly Rule<Destination>[]): ApplicationModel {
  return {
    rules,
    templates: [],
    distribution: [{ id: 0, percent: 20, server: server('canary', '2.0') }],
    defaultServer: server('default', '1.9'),
    urlRules: [],
    urlTemplates: [],
    urlDefaults: { protocol: 'https', urn: 'play', port: 443, ipVersion: 4 },
    whitelist: ['/DC1/Z1'],
    settings: {
      evaluationOrder: 'cost',
      missingMatches: false,
      minimumHosts: 1,
      registeredWeights: true,
    },
  }
}

function ruleOf(n: number, conditions: readonly Condition[]): Rule<Destination> {
  const destination: Destination = { kind: 'server', server: server(`rule${n}`, '2.0') }
  return { id: `rule${n}`, conditions, then: { kind: 'result', result: destination } }
}

/** So many rules of every sort. */
export function mixedRules(count: number): Case {
  const rules = Array.from({ length: count }, (_, n) => ruleOf(n, conditionsOf(n)))
  return { name: `${count} rules`, model: modelOf(rules), lists: [] }
}

/** Rules that look into lists of so many values, of which none has the client. */
export function longLists(size: number): readonly Case[] {
  const shared = { values: [], lists: ['long'], negated: false, caseSensitive: false } as const
  const rule = (kind: 'contains' | 'inIpRange', parameter: string): ApplicationModel =>
    modelOf([ruleOf(0, [{ kind, parameter, ...shared }])])
  const listOf = (type: NamespacedList['type'], value: (i: number) => string): NamespacedList => {
    return {
      name: 'long',
      description: '',
      type,
      values: Array.from({ length: size }, (_, i) => value(i)),
    }
  }
  const macs = listOf('text', (i) => `AA:BB:${i.toString(16)}`)
  const networks = listOf('ip', (i) => `10.${(i >> 11) & 255}.${(i >> 3) & 255}.${(i & 7) << 5}/27`)
  const ipv6 = listOf(
    'ip',
    (i) => `2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}::/64`,
  )
  return [
    { name: `1 rule, contains, list of ${size}`, model: rule('contains', 'mac'), lists: [macs] },
    {
      name: `1 rule, inIpRange, list of ${size} IPv4 networks`,
      model: rule('inIpRange', 'clientAddress'),
      lists: [networks],
    },
    {
      name: `1 rule, inIpRange, list of ${size} IPv6 networks`,
      model: rule('inIpRange', 'clientIpv6'),
      lists: [ipv6],
    },
  ]
}
