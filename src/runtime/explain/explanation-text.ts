import type { Explanation, TriedCondition, TriedRule } from '../../model/decision.js'
import type { Told } from './told.js'

function* conditionLines(conditions: readonly TriedCondition[], indent: string): Iterable<string> {
  for (const { text, held, why, parts } of conditions) {
    yield `${indent}${held ? 'yes' : 'no '}  ${text}: ${why}`
    yield* conditionLines(parts, `${indent}     `)
  }
}

function* ruleLines(rules: readonly TriedRule[]): Iterable<string> {
  for (const { id, matched, conditions } of rules) {
    yield `  ${id}: ${matched ? 'matches' : 'does not match'}`
    yield* conditionLines(conditions, '    ')
  }
}

function* sectionOf(title: string, rules: readonly TriedRule[]): Iterable<string> {
  if (rules.length === 0) return
  yield ''
  yield title
  yield* ruleLines(rules)
}

function decisionLine({ by, name }: Explanation['decision']): string {
  switch (by) {
    case 'rule':
      return `rule ${name}`
    case 'distribution':
      return `a slice of the distribution, ${name}`
    case 'default':
      return `the default server, ${name}`
  }
}

function* lines(told: Told): Iterable<string> {
  const { application, version, explanation, isFallback, locations, hosts, warnings } = told
  const { decision, url, rules, urlRules, distribution } = explanation
  yield `${application}, version ${version}: ${decisionLine(decision)}`
  if (isFallback) yield 'None of its hosts serves, so that the default server takes its place.'
  if (locations.length === 0) yield 'Nobody serves: 503'
  for (const location of locations) yield `  ${location}`
  yield* sectionOf('Rules, in the order in which they were tried:', rules)
  yield ''
  yield `Distribution: ${distribution}`
  yield* sectionOf('URL rules:', urlRules)
  yield ''
  const { protocol, urn, port, ipVersion } = url.parameters
  yield `URL: ${protocol}, urn ${urn}, port ${port}, IPv${ipVersion}; by ${url.applied.join(', ') || 'the defaults'}`
  yield `Hosts: ${hosts.count}, ${hosts.areLive ? 'registered by now' : 'stored with the model'}; their health is not looked at`
  for (const { path, message } of warnings) yield `Warning: ${path}: ${message}`
}

/** A decision and everything that led to it, for people. */
export function explanationText(told: Told): string {
  return [...lines(told)].map((line) => `${line}\n`).join('')
}
