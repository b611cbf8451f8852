import { test } from 'tap'
import { StoreWriting } from '../support/store-writing.js'
import { tell } from './figures.js'

const ROUNDS = 200
const TIMES = 300

test(`kill -9 at ${ROUNDS} random moments while a model is stored`, async (t) => {
  const writing = new StoreWriting(t)
  let lost = 0
  let odd = 0
  for (let round = 0; round < ROUNDS; round++) {
    await writing.kill()
    const { version, count } = await writing.find()
    if (!(version >= writing.acknowledged.version)) lost++
    if (count !== version + 1 || writing.edited !== count) odd++
  }
  t.equal(lost, 0)
  t.equal(odd, 0)
  t.same(writing.folder.reports, [])
  tell(
    `kill -9, ${ROUNDS} times in ${writing.writes} writes of a model`,
    `${lost} lost, ${odd} not whole`,
  )
})

test(`Two processes that count up ${TIMES} times each`, async (t) => {
  const writing = new StoreWriting(t)
  await Promise.all([writing.write(TIMES), writing.write(TIMES)])
  const { count } = await writing.find()
  t.equal(count, 2 * TIMES)
  tell(`two processes that count up ${TIMES} times each`, `${2 * TIMES - count} lost`)
})
