import { test } from 'tap'
import {
  connectionsOf,
  isBeyond,
  percentMore,
  sharesOf,
  weightsFor,
} from '../../src/model/traffic.js'

const SHARES = [
  [10_000, 20.5, 2050],
  [1001, 50, 501],
  [10, 0.01, 0],
  [1000, -3, 0],
] as const

for (const [total, percent, connections] of SHARES)
  test(`${percent} % of ${total} connections are ${connections}`, (t) => {
    t.equal(connectionsOf(total, percent), connections)
    t.end()
  })

test('Hosts have too many connections beyond what all of them may have, and without a limit never', (t) => {
  t.notOk(isBeyond(1000, 5, 200))
  t.ok(isBeyond(1001, 5, 200))
  t.ok(isBeyond(1, 0, 200))
  t.notOk(isBeyond(1001, 5, 0))
  t.end()
})

const WEIGHTS = [
  [15, 50, { adjusted: 23, others: 15 }],
  [15, -30, { adjusted: 11, others: 15 }],
  [15, -100, { adjusted: 0, others: 15 }],
  [15, -150, { adjusted: 0, others: 22 }],
  [5, 0, { adjusted: 5, others: 5 }],
] as const

for (const [weight, percent, weights] of WEIGHTS)
  test(`With ${percent} % and the weight ${weight} the weights are ${weights.adjusted} and ${weights.others}`, (t) => {
    t.same(weightsFor(weight, percent), weights)
    t.end()
  })

test('Four of five hosts with weight 14 in place of 10 get 40 % more each, and 8484 of 10 000 connections', (t) => {
  const weights = { adjusted: 14, others: 10 }
  t.equal(percentMore(weights), 40)
  t.same(sharesOf(10_000, { adjusted: 4, others: 1 }, weights), {
    perHost: { adjusted: 2121, others: 1515 },
    together: { adjusted: 8484, others: 1515 },
  })
  t.end()
})

test('Hosts without weight get nothing, and what nobody takes is not shared out', (t) => {
  const hosts = { adjusted: 2, others: 3 }
  t.same(sharesOf(900, hosts, { adjusted: 0, others: 7 })?.together, { adjusted: 0, others: 900 })
  t.equal(percentMore({ adjusted: 0, others: 7 }), -100)
  t.equal(percentMore({ adjusted: 7, others: 0 }), undefined)
  t.equal(sharesOf(900, hosts, { adjusted: 0, others: 0 }), undefined)
  t.equal(sharesOf(900, { adjusted: 6, others: -1 }, { adjusted: 5, others: 5 }), undefined)
  t.equal(sharesOf(900, hosts, { adjusted: NaN, others: 5 }), undefined)
  t.end()
})
