import { test } from 'tap'
import { StoreWriting } from '../support/store-writing.js'

/** The campaign of the same name kills two hundred. */
const ROUNDS = 4

/** So many versions each process writes. */
const TIMES = 25

test('The newest version that was acknowledged survives the one who wrote it', async (t) => {
  const writing = new StoreWriting(t)
  for (let round = 0; round < ROUNDS; round++) {
    await writing.kill()
    const { acknowledged } = writing
    const { version, count } = await writing.find()
    t.ok(version >= acknowledged.version, `${version} is there of ${acknowledged.version}`)
    t.ok(version <= acknowledged.version + 1, 'and no more than was written')
    t.equal(count, version + 1, 'whole, and none left out')
    t.equal(writing.edited, count, 'also in the file that people edit')
  }
  t.same(writing.folder.reports, [])
})

test('Of two processes that count up at one time none overwrites what the other wrote', async (t) => {
  const writing = new StoreWriting(t)
  await Promise.all([writing.write(TIMES), writing.write(TIMES)])
  t.equal(writing.writes, 2 * TIMES)
  t.same(await writing.find(), { version: 2 * TIMES - 1, count: 2 * TIMES })
  t.equal(writing.edited, 2 * TIMES)
  t.same(writing.leftovers, [])
  t.same(writing.folder.reports, [])
})
