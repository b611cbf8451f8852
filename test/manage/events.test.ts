import { test, type Test } from 'tap'
import { EventOutlet, MOST_WAITING } from '../../src/manage/events/event-outlet.js'
import { changeIn, changeWorld, documentWith, ruleNamed } from '../support/change-world.js'
import { eventually } from '../support/eventually.js'
import { listsOf } from '../support/models.js'

const BETA = documentWith({ rules: [ruleNamed('beta')] })

interface Told {
  readonly name: string
  readonly data: unknown
}

/** Everything that somebody is told. */
async function listen(t: Test, url: string, headers: Readonly<Record<string, string>>) {
  const leaving = new AbortController()
  t.teardown(() => leaving.abort())
  const response = await fetch(`${url}/api/events`, { headers, signal: leaving.signal })
  const told: Told[] = []
  const state = { isEnded: false, beats: 0 }
  const read = async (): Promise<void> => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, name = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? []
        if (name === '') state.beats++
        else told.push({ name, data: JSON.parse(data) })
      }
    }
    state.isEnded = true
  }
  void read().catch(() => undefined)
  return { response, told, state, leave: () => leaving.abort() }
}

test('Who listens is told of changes of models, lists and change sets, and of the state', async (t) => {
  const { url, headersOf, as, propose, decide, clock, store } = await changeWorld(t)
  await clock.elapse(1000)
  const { response, told } = await listen(t, url, headersOf('viewer'))
  t.match(response.headers.get('content-type'), /^text\/event-stream/)
  t.equal(response.headers.get('cache-control'), 'no-store')
  const proposed = await propose(as('ann'), BETA)
  const approved = await decide(as('bob'), proposed, 'approval')
  await store.writeLists(listsOf('a'), undefined)
  const named = (name: string): readonly Told[] => told.filter((each) => each.name === name)
  await eventually('everything is told', async () => {
    await clock.elapse(500)
    const changes = named('change').map(({ data }) => (data as { state: string }).state)
    return changes.includes('applied') && named('lists').length > 0 && named('status').length > 1
  })
  const path = `/api/changes/${changeIn(approved).id}/comments`
  await as('ann')('POST', path, { body: { text: 'Thanks' } })
  await eventually('what is said of a decided one is told, too', async () => {
    await clock.elapse(500)
    const [last] = named('change').slice(-1)
    return (last?.data as { comments: number }).comments === 1
  })
  t.match(named('model'), [{ data: { application: 'shop', version: 1 } }])
  t.match(named('lists'), [{ data: { version: 0 } }])
  t.match(named('status')[0]?.data, { groups: [{ name: 'web' }, {}] })
})

test('Nobody is told of what they may not see', async (t) => {
  const mia = [{ role: 'viewer', on: 'application:mail' }] as const
  const { url, headersOf, as, propose, decide, clock } = await changeWorld(t, { mia })
  const { told } = await listen(t, url, headersOf('mia'))
  const other = await listen(t, url, headersOf('viewer'))
  await decide(as('bob'), await propose(as('ann'), BETA), 'approval')
  await eventually('the other is told', async () => {
    await clock.elapse(500)
    return other.told.some(({ name }) => name === 'change')
  })
  t.same(new Set(told.map(({ name }) => name)), new Set(['status']))
  t.match(await fetch(`${url}/api/events`), { status: 401 })
  t.match(await as('nobody')('GET', '/api/events'), { status: 403 })
})

test('A stream beats, and ends with the session', async (t) => {
  const { url, headersOf, as, clock } = await changeWorld(t)
  const { state } = await listen(t, url, headersOf('viewer'))
  await eventually('it beats', async () => {
    await clock.elapse(5000)
    return state.beats > 0
  })
  t.equal(state.isEnded, false)
  t.match(await as('viewer')('DELETE', '/api/session'), { status: 204 })
  await eventually('it has ended', async () => {
    await clock.elapse(5000)
    return state.isEnded
  })
})

test('One user listens so often at once, and no more', async (t) => {
  const { url, headersOf } = await changeWorld(t)
  const streams = await Promise.all(
    Array.from({ length: 21 }, () => listen(t, url, headersOf('viewer'))),
  )
  t.same(
    streams
      .map(({ response }) => response.status)
      .sort()
      .slice(-2),
    [200, 429],
  )
  const [first] = streams.filter(({ response }) => response.ok)
  first?.leave()
  await eventually('there is room again', async () => {
    const again = await listen(t, url, headersOf('viewer'))
    return again.response.ok
  })
})

test('A client that reads slowly is told the newest, and with too much to read begins anew', (t) => {
  const written: string[] = []
  let isFull = false
  const sink = {
    write: (text: string) => (written.push(text), !isFull),
    end: () => written.push('end'),
  }
  const outlet = new EventOutlet(sink)
  isFull = true
  outlet.send('status', '', '1')
  for (const json of ['2', '3', '4']) outlet.send('status', '', json)
  outlet.send('model', 'shop', '{}')
  t.equal(written.length, 1)
  isFull = false
  outlet.drained()
  t.same(written.slice(1), ['event: status\ndata: 4\n\n', 'event: model\ndata: {}\n\n'])
  isFull = true
  outlet.send('status', '', '5')
  for (let n = 0; n <= MOST_WAITING; n++) outlet.send('model', `${n}`, '{}')
  t.equal(written.at(-1), 'end')
  outlet.send('status', '', '6')
  t.equal(written.at(-1), 'end')
  t.end()
})
