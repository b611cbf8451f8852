import { test } from 'tap'
import { readModel } from '../../../src/model/read-model.js'
import type { ApplicationModel } from '../../../src/model/document.js'
import type { HistoryEntry } from '../../../src/manage/api/changes.js'
import { changeWorld, documentWith, ruleNamed, type Parts } from '../../support/change-world.js'
import { eventually } from '../../support/eventually.js'
import { listsOf } from '../../support/models.js'
import type { Ask } from '../../support/managing.js'

function modelWith(parts: Parts): ApplicationModel {
  const read = readModel(documentWith(parts))
  if ('content' in read) return read.content
  throw new Error(JSON.stringify(read.problems))
}

async function historyOf(ask: Ask, subject: string): Promise<readonly HistoryEntry[]> {
  const { body } = await ask('GET', `/api/history?subject=${subject}`)
  return (body as { items: readonly HistoryEntry[] }).items
}

test('Versions that come from outside stand in the history, beside those that were approved', async (t) => {
  const { as, propose, decide, store, clock } = await changeWorld(t)
  const until = (versions: readonly number[]): Promise<void> =>
    eventually(`the history has ${versions.join()}`, async () => {
      await clock.elapse(600)
      const found = await historyOf(as('viewer'), 'application:shop')
      return found.map(({ version }) => version).join() === versions.join()
    })
  await until([0])
  const beta = documentWith({ rules: [ruleNamed('beta')] })
  await decide(as('bob'), await propose(as('ann'), beta), 'approval')
  await store.writeApplication('shop', modelWith({ rules: [ruleNamed('edited')] }), 1)
  await until([2, 1, 0])
  const [edited, approved, first] = await historyOf(as('viewer'), 'application:shop')
  t.match(edited, { title: /outside/, authors: [], approver: null, change: null, differences: 2 })
  t.match(approved, { approver: 'bob' })
  t.match(first, { differences: 0 })
  await store.removeApplication('shop', 2)
  await until([3, 2, 1, 0])
  const view = await as('viewer')('GET', '/api/history/3?subject=application:shop')
  t.match(view.body, { title: /Removed/, document: null })
  const back = await as('ann')('POST', '/api/history/1/rollback?subject=application:shop')
  t.match(back.body, { document: beta, base: null, baseVersion: null })
})

test('Who hears late of what others approved takes it for no version from outside', async (t) => {
  const { as, store, clock } = await changeWorld(t)
  const versions = async (): Promise<string> => {
    await clock.elapse(600)
    const found = await historyOf(as('viewer'), 'application:shop')
    return found.map(({ version }) => version).join()
  }
  await eventually('the history begins', async () => (await versions()) === '0')
  const key = 'history-heads/application:shop'
  const version = (await store.readRecord(key))?.version
  const ahead = { newest: 5, oldest: 0, modelVersion: 5 }
  await store.commit({ records: [{ key, value: ahead, version }] })
  await store.writeApplication('shop', modelWith({ rules: [ruleNamed('edited')] }), 0)
  for (let at = 0; at < 20; at++) t.equal(await versions(), '0')
  // A store that counts anew stays behind for ever.
  await eventually('it is entered', async () => (await versions()) === '6,0')
})

test('Of lists that are edited outside it is told what changed, and it can be taken back', async (t) => {
  const { as, store, clock } = await changeWorld(t)
  const until = (count: number): Promise<void> =>
    eventually(`the history has ${count} entries`, async () => {
      await clock.elapse(600)
      return (await historyOf(as('viewer'), 'lists')).length === count
    })
  await store.writeLists(listsOf('a'), undefined)
  await until(1)
  await store.writeLists(listsOf('a', 'b'), 0)
  await until(2)
  const view = await as('viewer')('GET', '/api/history/1?subject=lists')
  t.match(view.body, {
    differences: 1,
    diff: [{ what: 'list beta', after: { added: { values: ['b'] } } }],
  })
  const back = await as('ann')('POST', '/api/history/0/rollback?subject=lists')
  t.match(back.body, { document: { beta: { values: ['a'] } } })
})
