import { test } from 'tap'
import { eventually } from '../support/eventually.js'
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
  const newest = history.length - 1
  await eventually('each process has heard', async () => {
    return (await editing.current()).version === newest
  })
  const { whitelist } = await editing.current()
  t.ok(whitelist.length >= newest, 'each version added one')
  t.ok(editing.told.applied.size > 0, 'some were applied')
})
