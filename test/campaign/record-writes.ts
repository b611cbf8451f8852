import { test } from 'tap'
import { offencesOf, RecordWriting } from '../support/record-writing.js'
import { tell } from './figures.js'

const ROUNDS = 200

test(`kill -9 at ${ROUNDS} random moments while records and a model are committed`, async (t) => {
  const writing = new RecordWriting(t)
  let odd = 0
  for (let round = 0; round < ROUNDS; round++) {
    await writing.kill()
    const offences = offencesOf(await writing.find(), writing.acknowledged)
    if (offences.length > 0) odd++
    t.same(offences, [])
  }
  t.same(writing.folder.reports, [])
  tell(
    `kill -9, ${ROUNDS} times in ${writing.acknowledged} commits of records and a model`,
    `${odd} lost, or not whole`,
  )
})
