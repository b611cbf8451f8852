import { test } from 'tap'
import { NO_MOUNTS } from '../support/hosts.js'
import { HostsRewriting, isWhole } from '../support/hosts-rewriting.js'

/** The campaign of the same name kills two hundred of each. */
const ROUNDS = 3

test('Readers of a file that is replaced see the old text or the new one, also when the writer is killed', async (t) => {
  const rewriting = new HostsRewriting(t, false)
  const reader = rewriting.read()
  for (let round = 0; round < ROUNDS; round++) t.ok(isWhole(await rewriting.kill()))
  const { reads, odd } = await reader.end()
  t.same(odd, [], `of ${reads} reads`)
  t.ok(reads > 1000, `${reads} reads`)
  t.ok(isWhole(await rewriting.settle()))
  t.same(rewriting.leftovers, [])
})

test(
  'A file that is written in place is whole after the next start at the latest',
  { skip: NO_MOUNTS },
  async (t) => {
    const rewriting = new HostsRewriting(t, true)
    for (let round = 0; round < ROUNDS; round++) {
      const text = await rewriting.kill()
      const isGuarded = rewriting.leftovers.includes('.hosts.pointsman.journal')
      t.ok(isWhole(text) || isGuarded, 'it is whole, or there is a journal')
    }
    t.ok(isWhole(await rewriting.settle()))
    t.same(rewriting.leftovers, [])
  },
)
