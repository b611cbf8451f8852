import { test, type Test } from 'tap'
import { PointsmanError } from '../../src/core/errors.js'
import { targetAt, type Target } from '../../src/core/target.js'
import { SourceRunner } from '../../src/sources/runner.js'
import type { Source, SourceTransition } from '../../src/sources/source.js'
import { Bell } from '../../src/core/wait.js'
import { ManualClock, settled } from '../support/clock.js'

function target(address: string, weight = 1): Target {
  return targetAt({ scheme: 'http', host: address, port: 80, basePath: '', weight }, address)
}

const A = target('10.0.0.1')
const B = target('10.0.0.2')

type Step = readonly Target[] | Error | 'end'

/** Does as it is told, step by step; a step that ends a watch leaves the rest to the next. */
class ScriptedSource implements Source {
  watches = 0
  private readonly steps: Step[] = []
  private readonly bell = new Bell()

  tell(...steps: Step[]): Promise<void> {
    this.steps.push(...steps)
    this.bell.ring()
    return settled()
  }

  async *watch(signal: AbortSignal): AsyncGenerator<readonly Target[], void> {
    this.watches++
    const ring = (): void => this.bell.ring()
    signal.addEventListener('abort', ring)
    try {
      while (!signal.aborted) {
        for (let step = this.steps.shift(); step; step = this.steps.shift()) {
          if (step === 'end') return
          if (step instanceof Error) throw step
          yield step
        }
        await this.bell.rung()
      }
    } finally {
      signal.removeEventListener('abort', ring)
    }
  }
}

class Setting {
  readonly clock = new ManualClock()
  readonly source = new ScriptedSource()
  readonly lists: (readonly Target[])[] = []
  readonly transitions: SourceTransition[] = []
  readonly runner: SourceRunner
  readonly stop = new AbortController()
  readonly stopped: Promise<void>

  constructor(t: Test, dropsEmpty = true) {
    this.runner = new SourceRunner({
      source: this.source,
      clock: this.clock,
      random: { next: () => 0.5 },
      dropsEmpty,
      onTargets: (list) => this.lists.push(list),
      report: (transition) => this.transitions.push(transition),
    })
    this.stopped = this.runner.run(this.stop.signal)
    t.teardown(() => this.end())
  }

  end(): Promise<void> {
    this.stop.abort()
    return this.stopped
  }
}

test('a list that is like the one before is dropped', async (t) => {
  const { source, lists } = new Setting(t)
  await source.tell([A, B], [A, B], [target('10.0.0.1'), target('10.0.0.2')])
  t.same(lists, [[A, B]])
  await source.tell([B, A])
  t.same(lists.at(-1), [B, A], 'the order counts')
  await source.tell([B, target('10.0.0.1', 5)])
  t.same(lists.at(-1), [B, target('10.0.0.1', 5)], 'a weight counts')
})

test('an id comes once in a list, the first time it was given', async (t) => {
  const { source, lists } = new Setting(t)
  await source.tell([A, B, target('10.0.0.1', 5)])
  t.same(lists, [[A, B]])
})

test('an empty list is dropped where the source finds out who the targets are', async (t) => {
  const { source, lists, runner } = new Setting(t)
  await source.tell([])
  t.equal(runner.status.state, 'starting')
  await source.tell([A], [])
  t.same(lists, [[A]])
})

test('an empty list counts where it was configured', async (t) => {
  const { source, lists, runner } = new Setting(t, false)
  await source.tell([], [])
  t.same(lists, [[]])
  t.equal(runner.status.state, 'live')
})

test('a source that fails keeps its list and is told of once, as is its return', async (t) => {
  const { source, lists, transitions, runner, clock } = new Setting(t)
  await source.tell([A])
  await source.tell(new PointsmanError('NAME_NOT_RESOLVED', 'first'), new Error('second'), 'end')
  await clock.elapse(60_000)
  t.equal(source.watches, 4)
  t.equal(transitions.length, 1)
  t.match(transitions[0], { subject: 'source', error: { code: 'NAME_NOT_RESOLVED' } })
  t.match(runner.status, { state: 'lost', ageMs: 60_000, error: { message: 'The source ended' } })
  await source.tell([A])
  t.same(transitions.slice(1), [{ subject: 'source', error: undefined }])
  t.same(lists, [[A]])
  t.same(runner.status, { state: 'live', ageMs: 0, error: undefined })
})

test('what is no error of ours is told as a lost source with its cause', async (t) => {
  const { source, transitions } = new Setting(t)
  const cause = new Error('boom')
  await source.tell(cause)
  t.match(transitions, [
    { error: { code: 'SOURCE_LOST', message: 'The source failed: Error: boom' } },
  ])
  t.equal(transitions[0]?.error?.cause, cause)
})

test('a source that keeps failing is tried ever more rarely', async (t) => {
  const { source, clock } = new Setting(t)
  await source.tell(...Array.from({ length: 50 }, () => new Error('down')))
  const times: number[] = []
  for (let seen = 1, halfSecond = 0; halfSecond <= 300; halfSecond++) {
    await clock.elapse(halfSecond === 0 ? 0 : 500)
    for (; seen < source.watches; seen++) times.push(halfSecond / 2)
  }
  t.same(times, [0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 61.5, 91.5, 121.5])
})

test('a source that lasted is tried again at once when it fails', async (t) => {
  const { source, clock } = new Setting(t)
  await source.tell(new Error('down'), new Error('down'), new Error('down'), [A])
  await clock.elapse(60_000)
  await source.tell('end')
  await clock.elapse(500)
  t.equal(source.watches, 5)
})

test('a runner stops at once, in the middle of a list and of a wait', async (t) => {
  const watching = new Setting(t)
  await watching.source.tell([A])
  await watching.end()
  const waiting = new Setting(t)
  await waiting.source.tell('end')
  await waiting.end()
  t.equal(waiting.clock.timers, 0)
  t.equal(watching.runner.status.state, 'live')
  t.same(watching.transitions, [])
})

test('a list that comes as the runner stops is not taken', async (t) => {
  const { source, lists, stop } = new Setting(t)
  const told = source.tell([A])
  stop.abort()
  await told
  t.same(lists, [])
})

test('a runner whose source has told nothing yet is starting and has no age', (t) => {
  t.same(new Setting(t).runner.status, { state: 'starting', ageMs: undefined, error: undefined })
  t.end()
})
