import { test } from 'tap'
import type { Candidate } from '../../src/core/candidate.js'
import { FailureRun } from '../../src/core/failure-run.js'
import { Outbox } from '../../src/core/outbox.js'
import type { GroupOutcomes } from '../../src/core/outcome.js'
import { ManualClock, seeded } from '../support/clock.js'
import { candidateNamed } from '../support/groups.js'

test('a target that works makes no news', (t) => {
  const run = new FailureRun()
  t.equal(run.succeeded(), false)
  t.same(run.tell(), { recovered: false, failures: 0 })
  t.end()
})

test('failures are told once, and the success after them', (t) => {
  const run = new FailureRun()
  t.equal(run.failed(), 1)
  t.equal(run.failed(), 2)
  t.same(run.tell(), { recovered: false, failures: 2 })
  t.equal(run.failed(), 3, 'the run goes on over what was told')
  t.same(run.tell(), { recovered: false, failures: 1 })
  t.equal(run.succeeded(), true)
  t.equal(run.succeeded(), false, 'the second success is no news')
  t.equal(run.failed(), 1)
  t.same(run.tell(), { recovered: true, failures: 1 })
  t.same(run.tell(), { recovered: false, failures: 0 })
  t.end()
})

test('failures that a success followed before they were told are not told', (t) => {
  const run = new FailureRun()
  run.failed()
  t.equal(run.succeeded(), false)
  t.same(run.tell(), { recovered: false, failures: 0 })
  t.end()
})

test('whatever the batches, the sum of what was told is the run', (t) => {
  const random = seeded(3)
  const run = new FailureRun()
  let truth = 0
  let told = 0
  for (let step = 0; step < 10_000; step++) {
    if (random.next() < 0.6) {
      truth++
      run.failed()
    } else {
      truth = 0
      run.succeeded()
    }
    if (random.next() < 0.5) continue
    const news = run.tell()
    told = (news.recovered ? 0 : told) + news.failures
    if (told !== truth) t.fail(`told ${told}, seen ${truth}`)
  }
  t.end()
})

class Post {
  readonly clock = new ManualClock()
  readonly sent: (readonly GroupOutcomes[])[] = []
  readonly outbox = new Outbox(this.clock, (outcomes) => this.sent.push(outcomes))

  fails(group: string, candidate: Candidate, reason: string): void {
    candidate.failures.failed()
    this.outbox.add(group, candidate, reason)
  }
}

test('news of a tenth of a second goes out in one batch', (t) => {
  const post = new Post()
  const [a, b, c] = ['a', 'b', 'c'].map((host) => candidateNamed(host))
  if (!a || !b || !c) throw new Error('three names give three candidates')
  post.fails('web', a, 'status 500')
  post.clock.advance(60)
  post.fails('web', a, 'CONNECT_REFUSED')
  post.fails('web', b, 'status 503')
  post.fails('db', c, 'RESPONSE_TIMEOUT')
  post.clock.advance(39)
  t.same(post.sent, [])
  post.clock.advance(1)
  t.same(post.sent, [
    [
      {
        group: 'web',
        targets: [
          { id: a.target.id, recovered: false, failures: 2, reason: 'CONNECT_REFUSED' },
          { id: b.target.id, recovered: false, failures: 1, reason: 'status 503' },
        ],
      },
      {
        group: 'db',
        targets: [{ id: c.target.id, recovered: false, failures: 1, reason: 'RESPONSE_TIMEOUT' }],
      },
    ],
  ])
  post.clock.advance(1000)
  t.equal(post.sent.length, 1, 'without news nothing is sent')
  t.end()
})

test('what cannot wait goes out at once, and not again', (t) => {
  const post = new Post()
  post.outbox.flush()
  t.same(post.sent, [])
  post.fails('web', candidateNamed('a'), 'status 500')
  post.outbox.flush()
  t.equal(post.sent.length, 1)
  t.equal(post.clock.timers, 0)
  post.fails('web', candidateNamed('a'), 'status 500')
  post.clock.advance(100)
  t.equal(post.sent.length, 2)
  t.end()
})
