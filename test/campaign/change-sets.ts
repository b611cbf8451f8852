import { test } from 'tap'
import { Editing, historyOffences } from '../support/editing.js'
import { eventually } from '../support/eventually.js'
import { tell } from './figures.js'

const PEOPLE = 50
const STEPS = 30

test(`${PEOPLE} people propose and approve at three processes, of which one is killed`, async (t) => {
  const editing = new Editing(t)
  await editing.start(PEOPLE)
  await editing.work(STEPS)
  const working = editing.work(STEPS)
  setTimeout(() => editing.kill(), 2000 * Math.random())
  await working
  const history = await editing.history()
  const { told } = editing
  t.same(historyOffences(history, told), [])
  await eventually('each process has heard', async () => {
    return (await editing.current()).version === history.length - 1
  })
  tell(
    `${PEOPLE} people, ${2 * PEOPLE * STEPS} steps, ${history.length - 1} change sets applied`,
    `${told.applied.size} told, ${told.refused} refused, ${told.unanswered} unanswered`,
  )
})
