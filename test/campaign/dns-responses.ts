import { test } from 'tap'
import { faultsOf, mutated } from '../faces/dns/forwarder/mutated.js'
import { seeded } from '../support/seeded.js'
import { mebibytes, tell } from './figures.js'

const COUNT = 1_000_000
/** Another one each time, told so that a fault can be found again. */
const SEED = Date.now() % 1_000_000
const MEMORY_LIMIT = 400 << 20

test('A million damaged responses of forwarders are read without a fault, or not at all', (t) => {
  const random = seeded(SEED)
  const begun = performance.now()
  for (let nth = 0; nth < COUNT; nth++) {
    const message = mutated(random)
    const faults = faultsOf(message)
    if (faults.length > 0) t.fail(`seed ${SEED}, ${message.toString('hex')}: ${faults.join(', ')}`)
  }
  const seconds = (performance.now() - begun) / 1000
  const rssBytes = process.memoryUsage.rss()
  t.ok(rssBytes < MEMORY_LIMIT)
  tell(`damaged responses, seed ${SEED}`, `${seconds.toFixed(1)} s, RSS ${mebibytes(rssBytes)}`)
  t.end()
})
