import { test } from 'tap'
import { HostsRewriting, isWhole } from '../support/hosts-rewriting.js'
import { tell } from './figures.js'

const ROUNDS = 200

test(`kill -9 at ${ROUNDS} random moments while the hosts file is replaced`, async (t) => {
  const rewriting = new HostsRewriting(t, false)
  const reader = rewriting.read()
  let torn = 0
  for (let round = 0; round < ROUNDS; round++) {
    if (!isWhole(await rewriting.kill())) torn++
  }
  const { reads, odd } = await reader.end()
  t.equal(torn, 0)
  t.equal(odd.length, 0)
  t.ok(isWhole(await rewriting.settle()))
  tell(
    `kill -9, ${ROUNDS} times in ${rewriting.rewrites} rewrites of the hosts file`,
    `${torn} torn, ${odd.length} of ${reads} reads odd`,
  )
})

test(`kill -9 at ${ROUNDS} random moments while a mounted hosts file is written in place`, async (t) => {
  const rewriting = new HostsRewriting(t, true)
  let torn = 0
  let unguarded = 0
  for (let round = 0; round < ROUNDS; round++) {
    const text = await rewriting.kill()
    if (isWhole(text)) continue
    torn++
    if (!rewriting.leftovers.includes('.hosts.pointsman.journal')) unguarded++
  }
  t.equal(unguarded, 0)
  t.ok(isWhole(await rewriting.settle()))
  tell(
    `the same in place, ${ROUNDS} times in ${rewriting.rewrites} rewrites`,
    `${torn} torn, ${unguarded} of them without a journal`,
  )
})
