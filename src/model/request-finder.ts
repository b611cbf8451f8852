import { Arguments } from './argument.js'
import { ClientKey } from './client-key.js'
import type { Compilation } from './compilation.js'
import { CompiledLists } from './compiled-lists.js'
import type { Test } from './condition-test.js'
import { compileCondition } from './conditions.js'
import type { Branch, Condition, NamespacedList, Outcome, Rule, Template } from './document.js'
import { Problems } from './problems.js'
import type { SampleKeys } from './sample-keys.js'
import { samplesFor, type SampleValue } from './sample-values.js'
import { EVEN_CHANCE } from './trial.js'

/** Requests that are told of one way through a rule. */
const MOST_PER_WAY = 8

/** Values that are tried for one parameter of a rule. */
const MOST_SAMPLES = 24

/** Rounds in which the parameters of a request are bettered one by one. */
const MOST_ROUNDS = 4

/** What must hold, all of it, or not all of it, for a way through a rule. */
interface Goal {
  readonly tests: readonly Test[]
  readonly wanted: boolean
}

/** A way through the branches of a rule, to something that it leads to. */
interface Way<Result> {
  readonly goals: readonly Goal[]
  readonly result: Result
}

/** A request, and what the way through the rule leads to that it takes. */
export interface Found<Result> {
  readonly request: Request
  readonly result: Result
}

/** Parameters by their names. */
export type Request = ReadonlyMap<string, string>

function leavesOf(condition: Condition): readonly Exclude<Condition, { of: unknown }>[] {
  return 'of' in condition ? condition.of.flatMap(leavesOf) : [condition]
}

/** How near a request comes to a way: Infinity when it takes it. */
function nearness({ goals }: Way<unknown>): number {
  let near = 0
  let isThere = true
  for (const { tests, wanted } of goals) {
    const held = tests.filter((test) => test.holds()).length
    const isMet = (held === tests.length) === wanted
    near += wanted ? held : Number(isMet)
    isThere &&= isMet
  }
  return isThere ? Infinity : near
}

function withValue(request: Request, name: string, value: SampleValue): Request {
  const changed = new Map(request)
  if (value === undefined) changed.delete(name)
  else changed.set(name, value)
  return changed
}

/** What rules of one kind are read with. */
export interface FinderOptions {
  readonly templates: readonly Template[]
  readonly lists: readonly NamespacedList[]
  readonly missingMatches: boolean
  readonly keys: SampleKeys
}

/** Finds requests for the rules of one kind. */
export class RequestFinder<Result> {
  private readonly args = new Arguments()
  private readonly compilation: Compilation
  private readonly templates: ReadonlyMap<string, Template>
  private readonly lists: ReadonlyMap<string, NamespacedList>
  private readonly keys: SampleKeys

  constructor({ templates, lists, missingMatches, keys }: FinderOptions) {
    this.templates = new Map(templates.map((each) => [each.id, each]))
    this.lists = new Map(lists.map((each) => [each.name, each]))
    this.keys = keys
    this.compilation = {
      args: this.args,
      clientKey: new ClientKey(this.args),
      lists: new CompiledLists(lists),
      random: EVEN_CHANCE,
      missingMatches,
      problems: new Problems(),
      warnings: new Problems(),
    }
  }

  /** Requests that take one of the ways through the rule, each with what that way leads to; some for each way. */
  *find(rule: Rule<Result>): Iterable<Found<Result>> {
    const { conditions = [] } = this.templates.get(rule.template ?? '') ?? {}
    const whole = { ...rule, conditions: [...conditions, ...rule.conditions] }
    for (const way of this.ways(whole, []))
      for (const request of this.requestsFor(way)) yield { result: way.result, request }
  }

  private *ways(
    { conditions, then, otherwise }: Branch<Result>,
    before: readonly Goal[],
  ): Iterable<Way<Result>> {
    const tests = conditions.map((each) => compileCondition(each, '', this.compilation))
    yield* this.waysOf(then, [...before, { tests, wanted: true }])
    if (otherwise) yield* this.waysOf(otherwise, [...before, { tests, wanted: false }])
  }

  private *waysOf(outcome: Outcome<Result>, goals: readonly Goal[]): Iterable<Way<Result>> {
    if (outcome.kind === 'result') yield { goals, result: outcome.result }
    else yield* this.ways(outcome.branch, goals)
  }

  /** One request that takes the way, and its neighbours that do so, too. */
  private requestsFor(way: Way<Result>): readonly Request[] {
    const samples = this.samplesOf(way)
    const first = this.climb(way, samples)
    if (!first) return []
    const found = new Map([[JSON.stringify([...first]), first]])
    for (const [name, values] of samples)
      for (const value of values) {
        if (found.size >= MOST_PER_WAY) break
        const request = withValue(first, name, value)
        if (this.near(way, request) === Infinity) found.set(JSON.stringify([...request]), request)
      }
    return [...found.values()]
  }

  /** Betters one parameter after the other as long as that helps. */
  private climb(
    way: Way<Result>,
    samples: ReadonlyMap<string, readonly SampleValue[]>,
  ): Request | undefined {
    let best: Request = new Map(
      [...samples].flatMap(([name, [value]]) => (value === undefined ? [] : [[name, value]])),
    )
    let nearest = this.near(way, best)
    for (let round = 0; round < MOST_ROUNDS && nearest < Infinity; round++) {
      const before = nearest
      for (const [name, values] of samples)
        for (const value of values) {
          const request = withValue(best, name, value)
          const near = this.near(way, request)
          if (near > nearest) [best, nearest] = [request, near]
        }
      if (nearest === before) break
    }
    return nearest === Infinity ? best : undefined
  }

  private near(way: Way<Result>, request: Request): number {
    this.args.read(request)
    return nearness(way)
  }

  private samplesOf({ goals }: Way<Result>): ReadonlyMap<string, readonly SampleValue[]> {
    const samples = new Map<string, Set<SampleValue>>()
    const add = (name: string, values: readonly SampleValue[]): void => {
      const known = samples.get(name) ?? new Set()
      for (const value of values) if (known.size < MOST_SAMPLES) known.add(value)
      samples.set(name, known)
    }
    for (const { condition } of goals.flatMap(({ tests }) => tests))
      for (const leaf of leavesOf(condition))
        if (!('percent' in leaf)) add(leaf.parameter, samplesFor(leaf, this.lists))
        else if (leaf.kind === 'percent') add('serviceAccountId', this.keys.around(leaf.percent))
    return new Map([...samples].map(([name, values]) => [name, [...values]]))
  }
}
