import { test } from 'tap'
import { offencesOf, RecordWriting } from '../support/record-writing.js'

/** The campaign of the same name kills two hundred. */
const ROUNDS = 8

test('What was committed together is there whole or not at all, whoever wrote it was killed', async (t) => {
  const writing = new RecordWriting(t)
  for (let round = 0; round < ROUNDS; round++) {
    await writing.kill()
    const found = await writing.find()
    t.same(offencesOf(found, writing.acknowledged), [], JSON.stringify(found))
  }
  t.ok(writing.acknowledged >= ROUNDS)
  t.same(writing.folder.reports, [])
})
