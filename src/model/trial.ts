import type { Random } from '../core/ports.js'
import type { CompiledApplication, Decision, Explanation, Parameters } from './decision.js'
import type { Server, ServerGroup } from './document.js'

/** Where a request should go; what is blank or absent may be anything, and case does not count. */
export interface Expectation {
  /** `rule`, `distribution` or `default`. */
  readonly by?: string
  /** Id of the rule. */
  readonly rule?: string
  /** Of a server its path, or the URL of one that has none; of a group those of its servers, with `, ` between them. */
  readonly path?: string
  readonly protocol?: string
  readonly port?: string
  readonly urn?: string
  readonly ipVersion?: string
  /** Ids of URL rules; each must have been used. */
  readonly appliedUrlRules?: readonly string[]
}

/** A request, and where it should go. */
export interface TestCase {
  readonly name: string
  readonly parameters: Readonly<Record<string, string>>
  readonly expected: Expectation
}

/** What came of a test. */
export interface Trial {
  readonly test: TestCase
  readonly isGenerated: boolean
  readonly passed: boolean
  readonly actual: Required<Expectation>
  /** Names of the fields of `expected` that are otherwise. */
  readonly differs: readonly string[]
  readonly explanation: Explanation
}

/** What `random` conditions are compiled with for trials, which are to tell the same each time: always 50 is drawn. */
export const EVEN_CHANCE: Random = { next: () => 0.5 }

/** Where a server leads, without what URL rules add: its path, or its URL when it has none. */
export function placeOf({ path, url }: Server): string {
  return path ?? url
}

/** All places that a decision names, or the destination of a rule. */
export function placesOf({
  server,
  group,
}: {
  readonly server?: Server
  readonly group?: ServerGroup
}): string {
  const servers = group?.servers ?? (server ? [server] : [])
  return servers.map(placeOf).join(', ')
}

/** A request as the model sees it, from one as documents have it. */
export function parametersOf(parameters: Readonly<Record<string, string>>): Parameters {
  return new Map(Object.entries(parameters))
}

/** What URLs are filled with says nothing of one that is whole. */
function urlFields({ server }: Decision, { url }: Explanation) {
  const { protocol, port, urn, ipVersion } = url.parameters
  const fields = { protocol, port: String(port), urn, ipVersion: String(ipVersion) }
  if (!server || server.path !== undefined || !URL.canParse(server.url)) return fields
  const whole = new URL(server.url)
  const scheme = whole.protocol.slice(0, -1)
  return { ...fields, protocol: scheme, port: whole.port, urn: whole.pathname.slice(1) }
}

function isAsExpected(
  expected: string | readonly string[] | undefined,
  actual: string | readonly string[],
): boolean {
  if (expected === undefined) return true
  const [wanted, found] = [expected, actual].map((each) =>
    [each].flat().map((text) => text.trim().toLowerCase()),
  )
  return wanted?.every((text) => text === '' || found?.includes(text)) ?? true
}

/** Sends a request that was written down through a model, and says whether it goes where it should. */
export function runTest(
  application: CompiledApplication,
  test: TestCase,
  isGenerated: boolean,
): Trial {
  const explanation = application.explain(parametersOf(test.parameters))
  const { decision, url } = explanation
  const actual = {
    by: decision.by,
    rule: decision.by === 'rule' ? decision.name : '',
    path: placesOf(decision),
    ...urlFields(decision, explanation),
    appliedUrlRules: url.applied,
  }
  const { expected } = test
  const names = [
    ...(['by', 'rule', 'path', 'protocol', 'port', 'urn', 'ipVersion'] as const),
    'appliedUrlRules',
  ] as const
  const differs = names.filter((name) => !isAsExpected(expected[name], actual[name]))
  return { test, isGenerated, passed: differs.length === 0, actual, differs, explanation }
}
