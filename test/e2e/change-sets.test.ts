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
  await eventually('what is stored is what the history ends with', async () => {
    const { version, whitelist } = await editing.current()
    return version === history.length - 1 && whitelist.length === history.length
  })
  t.ok(editing.told.applied.size > 0, 'some were applied')
})
