import { test } from 'tap'
import { Editing, historyOffences } from '../support/editing.js'

/** The campaign of the same name has fifty. */
const PEOPLE = 5
const STEPS = 8

test('Of many who propose and approve at several processes nobody loses anything, also when one is killed', async (t) => {
  const editing = new Editing(t)
  await editing.start(PEOPLE)
  await editing.work(STEPS)
  const working = editing.work(STEPS)
  editing.kill()
  await working
  const history = await editing.history()
  t.same(historyOffences(history, editing.told), [])
  const { version, whitelist } = await editing.current()
  t.equal(version, history.length - 1)
  t.equal(whitelist.length, history.length, 'each version added one, to the one of the first')
  t.ok(editing.told.applied.size > 0, 'some were applied')
})
