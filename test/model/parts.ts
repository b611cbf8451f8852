import type {
  ApplicationModel,
  DocumentProblem,
  NamespacedList,
  StackHosts,
} from '../../src/model/document.js'
import { readModel } from '../../src/model/read-model.js'

/** Some keys of a JSON document. */
export type Parts = Readonly<Record<string, unknown>>

/** What every model has. */
export const SERVER = { path: '1.9' }

/** Every parameter of a URL. */
export const URL_DEFAULTS = { protocol: 'xre', urn: 'shell', port: 8081, ipVersion: 4 }

/** A flavor rule. */
export const RULE = {
  id: 'beta',
  conditions: [{ kind: 'equals', parameter: 'receiverType', value: 'box2' }],
  then: { server: { path: '2.0' } },
}

/** One of texts and one of networks. */
export const LISTS: readonly NamespacedList[] = [
  { name: 'lab', description: '', type: 'text', values: ['a', 'b'] },
  { name: 'networks', description: '', type: 'ip', values: ['10.0.0.0/8', '::1'] },
]

/** 1.9 is whitelisted, 2.0 is not, and 3.0 takes no clients. */
export const HOSTS: readonly StackHosts[] = [
  { path: '/DC1/Z1/1.9', hosts: [{ ipv4: '10.0.0.1', weight: 5 }] },
  { path: '/DC2/Z1/2.0', hosts: [{ ipv4: '10.0.0.2', weight: 5 }] },
  { path: '/DC1/Z1/3.0', hosts: [{ ipv4: '10.0.0.3', weight: 0 }] },
]

/** A valid model but for the parts that are given. */
export function modelWith(parts: Parts): ApplicationModel {
  const read = readModel({
    defaultServer: SERVER,
    urlDefaults: URL_DEFAULTS,
    whitelist: ['/DC1/Z1'],
    ...parts,
  })
  if ('content' in read) return read.content
  throw new Error(JSON.stringify(read.problems))
}

/** A rule with those. */
export function withConditions(...conditions: readonly Parts[]): Parts {
  return { rules: [{ ...RULE, conditions }] }
}

/** A rule that leads there. */
export function withServer(server: Parts): Parts {
  return { rules: [{ ...RULE, then: { server } }] }
}

/** A distribution. */
export function withSlices(
  ...slices: readonly (readonly [percent: number, path: string])[]
): Parts {
  return { distribution: slices.map(([percent, path], id) => ({ id, percent, server: { path } })) }
}

/** Code and place of each problem. */
export function shown(problems: readonly DocumentProblem[]): readonly string[] {
  return problems.map(({ code, path }) => `${code} ${path}`)
}

/** Pieces of conditions and destinations. */
export const PARAMETER = { parameter: 'a' }
export const LESS = { kind: 'lessThan', ...PARAMETER, value: '5' }
export const GROUP = { servers: [SERVER], enablePrivate: true }
