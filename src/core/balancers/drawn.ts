import type { Candidate } from '../candidate.js'
import type { Random } from '../ports.js'
import { around } from './picked-order.js'

/** Draws that may give what was given before until something else is simply taken. */
const MOST_DRAWS = 16

/** A whole number from 0 up to `limit`, which it is not. */
export function below(limit: number, random: Random): number {
  return Math.floor(random.next() * limit)
}

/** How an order goes on that was drawn: with another draw, and then with all others from anywhere on. */
export function* drawnAfter(
  first: Candidate,
  candidates: readonly Candidate[],
  draw: () => Candidate | undefined,
  random: Random,
): Generator<Candidate, undefined> {
  let second = draw()
  for (let draws = 1; second === first && draws < MOST_DRAWS; draws++) second = draw()
  const given = [first]
  if (second && second !== first) {
    given.push(second)
    yield second
  }
  return yield* around(candidates, below(candidates.length, random), given)
}
