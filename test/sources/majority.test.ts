import { test } from 'tap'
import { PointsmanError } from '../../src/core/errors.js'
import { believed, type Testimony } from '../../src/sources/majority.js'

const DEAD = new PointsmanError('CONNECT_REFUSED', 'connect refused')

function at(address: string): { host: string; address: string; port: number } {
  return { host: address, address, port: 6379 }
}

/** `a` names 10.0.0.1, `b` 10.0.0.2 and so on, `ab` both; `-` nobody, `x` fails, `?` was not heard yet. */
function testimonies(sayings: string): readonly Testimony[] {
  return sayings.split(' ').map((saying, i) => {
    const names = Array.from(saying.replace('-', '')).map((each) =>
      at(`10.0.0.${each.charCodeAt(0) - 96}`),
    )
    const named = saying === 'x' ? DEAD : saying === '?' ? undefined : names
    return { sentinel: `s${i + 1}:26379`, named }
  })
}

const MASTERS: readonly (readonly [sayings: string, outcome: string | undefined])[] = [
  ['a a a', '10.0.0.1'],
  ['a a b', '10.0.0.1'],
  ['b a b', '10.0.0.2'],
  ['a a x', '10.0.0.1'],
  ['a a ?', '10.0.0.1'],
  ['a', '10.0.0.1'],
  ['a b ?', undefined],
  ['? ? ?', undefined],
  ['x x ?', undefined],
  [
    'a b c',
    'the sentinels disagree about the master; s1:26379 names 10.0.0.1:6379; s2:26379 names 10.0.0.2:6379; s3:26379 names 10.0.0.3:6379',
  ],
  [
    'a b',
    'the sentinels disagree about the master; s1:26379 names 10.0.0.1:6379; s2:26379 names 10.0.0.2:6379',
  ],
  [
    'a x x',
    '1 of 3 sentinels answers, 2 are needed; s1:26379 names 10.0.0.1:6379; s2:26379: connect refused; s3:26379: connect refused',
  ],
  [
    'a x',
    '1 of 2 sentinels answers, 2 are needed; s1:26379 names 10.0.0.1:6379; s2:26379: connect refused',
  ],
  ['x', '0 of 1 sentinels answer, 1 is needed; s1:26379: connect refused'],
  [
    'a a x x',
    '2 of 4 sentinels answer, 3 are needed; s1:26379 names 10.0.0.1:6379; s2:26379 names 10.0.0.1:6379; s3:26379: connect refused; s4:26379: connect refused',
  ],
]

function outcomeOf(sayings: string, wanted: 'one' | 'all'): string | undefined {
  const outcome = believed(testimonies(sayings), wanted)
  if (outcome instanceof PointsmanError) return outcome.message
  return outcome?.map(({ address }) => address).join()
}

test('A master is believed when a majority of all sentinels names it', (t) => {
  for (const [sayings, outcome] of MASTERS) t.equal(outcomeOf(sayings, 'one'), outcome, sayings)
  t.end()
})

const REPLICAS: readonly (readonly [sayings: string, outcome: string | undefined])[] = [
  ['ab ba ab', '10.0.0.1,10.0.0.2'],
  ['b ab a', '10.0.0.1,10.0.0.2'],
  ['ab a x', '10.0.0.1'],
  ['ab - x', ''],
  ['- - -', ''],
  ['ab ? ?', undefined],
  [
    'ab x x',
    '1 of 3 sentinels answers, 2 are needed; s1:26379 names 10.0.0.1:6379 and 10.0.0.2:6379; s2:26379: connect refused; s3:26379: connect refused',
  ],
]

test('Replicas are believed one by one', (t) => {
  for (const [sayings, outcome] of REPLICAS) t.equal(outcomeOf(sayings, 'all'), outcome, sayings)
  t.end()
})
