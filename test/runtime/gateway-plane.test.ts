import { test } from 'tap'
import { PointsmanError } from '../../src/core/errors.js'
import type { DocumentProblem } from '../../src/model/document.js'
import type { StoreNews } from '../../src/store/model-store.js'
import { hostsOf } from '../support/applications.js'
import { settled } from '../support/clock.js'
import { COMPLETE, CONFIG, hostAt, Plane, serving } from './plane-world.js'

const LISTED = {
  rules: [
    {
      id: 'beta',
      conditions: [{ kind: 'contains', parameter: 'mac', lists: ['beta'] }],
      then: { server: { path: '1.9' } },
    },
  ],
}

function lists(version: number, ...values: readonly string[]): StoreNews {
  const list = { name: 'beta', description: '', type: 'text', values } as const
  return { kind: 'lists', stored: { version, content: [list, { ...list, name: 'other' }] } }
}

test('Models serve once everything has been told, whatever the order; lists come with those that use them', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 3, LISTED)])
  t.same(plane.news, [])
  t.same(plane.plane.obstacles, ['the models of the applications are not known yet'])
  await plane.tell(lists(1, 'a'), COMPLETE)
  t.same(plane.plane.obstacles, [])
  t.match(plane.news, [
    {
      kind: 'model',
      name: 'shop',
      served: { version: 3, lists: [{ name: 'beta', values: ['a'] }] },
    },
    COMPLETE,
  ])
  await plane.tell(lists(2, 'a'))
  t.equal(plane.news.length, 2, 'lists that are the same are no news')
  await plane.tell(lists(3, 'b'))
  t.match(plane.news.at(-1), { served: { version: 3, lists: [{ values: ['b'] }] } })
  t.same(plane.plane.models.length, 2)
  t.same(plane.kept, ['shop 3', 'shop 3'])
})

test('A model that would leave too few hosts waits for more, and the one that runs stays', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 1), COMPLETE], true)
  await plane.register(['10.0.0.1'])
  await plane.tell(serving('shop', 2, { settings: { minimumHosts: 2 } }))
  t.same(plane.state(), [1, 2, 'NOT_ENOUGH_HOSTS_FOR_DEFAULT'])
  await plane.register(['10.0.0.1', '10.0.0.2'])
  t.same(plane.state(), [2])
  await plane.tell(serving('shop', 3, { defaultServer: { path: '9.9' } }))
  t.same(plane.state(), [2, 3, 'CANT_REDIRECT_TO_DEFAULT'])
  await plane.register([])
  t.same(
    plane.state(),
    [2, 3, 'CANT_REDIRECT_TO_DEFAULT'],
    'the one that runs may run out of hosts',
  )
  await plane.tell(serving('shop', 2, { settings: { minimumHosts: 2 } }))
  t.same(plane.state(), [2], 'it is the newest again')
})

test('Where nothing serves yet a model does, however few hosts there are', async (t) => {
  const model = serving('shop', 1, { settings: { minimumHosts: 5 } })
  const stored: StoreNews = { kind: 'hosts', name: 'shop', stacks: hostAt('10.0.0.1') }
  const plane = await Plane.start(t, [stored, model, COMPLETE])
  t.same(plane.state(), [1])
})

const PROBLEM: DocumentProblem = { code: 'Unreadable', path: '', message: 'why' }

test('A model that is broken, invalid or cannot be compiled is refused, and the one that runs stays', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 1), COMPLETE])
  t.same(plane.state(), [1])
  await plane.tell({ kind: 'broken', name: 'shop', version: 2, problems: [PROBLEM] })
  t.same(plane.state(), [1, 2, 'Unreadable'])
  await plane.tell(serving('shop', 3, { whitelist: ['nonsense'] }))
  t.same(plane.state(), [1, 3, 'WhitelistInvalidPath'])
  await plane.tell(serving('shop', 4, LISTED))
  t.equal(plane.state()[0], 1, 'its list is missing')
  const before = plane.news.length
  t.equal(plane.logged('model refused').length, 3)
  t.match(plane.logged('model refused')[0], {
    application: 'shop',
    version: 2,
    serving: 1,
    problems: [PROBLEM],
  })
  await plane.tell(lists(1, 'a'))
  t.same(plane.state(), [4], 'now it is there')
  t.equal(plane.news.length, before + 1)
})

test('An application that never had a model to serve is known all the same', async (t) => {
  const broken = { kind: 'broken', name: 'shop', version: 0, problems: [PROBLEM] } as const
  const plane = await Plane.start(t, [broken, COMPLETE])
  t.same(plane.news, [{ kind: 'model', name: 'shop', served: undefined }, COMPLETE])
  t.same(plane.state(), [undefined, 0, 'Unreadable'])
  t.equal(plane.addresses(), undefined)
})

test('An application that is removed is gone, also when that was missed', async (t) => {
  const plane = await Plane.start(t, [serving('a', 1), serving('b', 1), serving('c', 1), COMPLETE])
  await plane.tell({ kind: 'removed', name: 'a' })
  t.same(plane.news.at(-1), { kind: 'removed', name: 'a' })
  t.equal(plane.addresses('a'), undefined)
  await plane.tell(new PointsmanError('STORE_LOST', 'no disk'))
  t.match(plane.plane.observed?.store, { state: 'lost', ageMs: 0, error: { message: 'no disk' } })
  t.same(plane.state('b'), [1], 'it serves on')
  await plane.clock.elapse(1000)
  t.equal(plane.store.watches, 2)
  await plane.tell(serving('b', 1), COMPLETE)
  t.same(plane.plane.observed?.store.state, 'live')
  t.same(
    plane.plane.models.map((each) => ('name' in each ? each.name : each.kind)),
    ['b', 'complete'],
  )
  t.match(
    plane.logs.map(({ msg }) => msg).filter((msg) => /store/.test(String(msg))),
    ['model store lost', 'model store back'],
  )
})

test('Hosts that are stored serve until others register, and then those that are registered', async (t) => {
  const stored: StoreNews = { kind: 'hosts', name: 'shop', stacks: hostAt('10.0.0.1') }
  const plane = await Plane.start(t, [stored, serving('shop', 1), COMPLETE], true)
  t.same(plane.addresses(), ['10.0.0.1'])
  await plane.register([])
  t.same(plane.addresses(), ['10.0.0.1'], 'nobody has registered')
  plane.discovery.tell(new Map([['shop', hostsOf([{ path: '/DC1/Z1/1.9', hosts: [] }])]]))
  await settled()
  t.same(plane.addresses(), ['10.0.0.1'], 'there is a place to register at, and nobody there')
  await plane.register(['10.0.0.2', '10.0.0.3'])
  t.same(plane.addresses(), ['10.0.0.2', '10.0.0.3'])
  await plane.register([])
  t.same(plane.addresses(), [], 'they are gone')
  t.same(plane.plane.observed?.applications[0]?.hosts, 'live')
  t.same(plane.kept, ['shop 10.0.0.1', 'shop 1', 'shop 10.0.0.2', 'shop none'])
})

test('Static hosts stay as they were when the model came, until a reload is asked for', async (t) => {
  const document = { settings: { discovery: 'static' } }
  const plane = await Plane.start(t, [serving('shop', 1, document), COMPLETE], true)
  t.same(plane.addresses(), ['unknown'], 'it may still turn out who they are')
  await plane.register(['10.0.0.1'])
  t.same(plane.addresses(), ['10.0.0.1'])
  await plane.register(['10.0.0.2'])
  t.same(plane.addresses(), ['10.0.0.1'])
  await plane.tell({ kind: 'reload-hosts', name: 'shop' })
  t.same(plane.addresses(), ['10.0.0.2'])
  await plane.register(['10.0.0.3'])
  await plane.tell(serving('shop', 2, { ...document, whitelist: ['/DC1/Z1'] }))
  t.same(plane.addresses(), ['10.0.0.3'])
  await plane.tell(serving('shop', 3))
  await plane.register(['10.0.0.4'])
  t.same(plane.addresses(), ['10.0.0.4'], 'dynamic from now on')
})

test('A stack without hosts is taken out of static ones, too, and nobody is where hosts do not register', async (t) => {
  const frozen = serving('shop', 1, { settings: { discovery: 'static' } })
  const plane = await Plane.start(t, [frozen, COMPLETE], true)
  const paths = (): unknown => plane.plane.hosts('shop')?.stacks.map(({ path }) => path)
  const [used, unused] = ['/DC1/Z1/1.9', '/DC1/Z2/1.9']
  const tell = async (...stacks: readonly object[]): Promise<void> => {
    plane.discovery.tell(new Map([['shop', hostsOf(stacks)]]))
    await settled()
  }
  await tell({ path: used, hosts: [{ ipv4: '10.0.0.1' }] }, { path: unused, hosts: [] })
  t.same(paths(), [used, unused])
  t.equal(await plane.plane.removeStack('shop', unused), 'removed')
  await tell({ path: used, hosts: [] })
  t.same(paths(), [used])
  t.same(plane.addresses(), ['10.0.0.1'], 'until they are reloaded')
  const alone = await Plane.start(t, [frozen, COMPLETE])
  t.equal(await alone.plane.removeStack('shop', unused), 'unknown')
})

test('While nobody knows who is registered the last hosts serve; where there never were any there are none', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 1), serving('new', 1), COMPLETE], true)
  await plane.register(['10.0.0.1'])
  t.same(plane.addresses('new'), [])
  plane.discovery.tell(new PointsmanError('SOURCE_LOST', 'no ensemble'))
  await settled()
  t.same(plane.addresses(), ['10.0.0.1'])
  t.match(plane.plane.observed?.discovery, { state: 'lost', error: { message: 'no ensemble' } })
  t.equal(plane.logged('host discovery lost').length, 1)
  await plane.register(['10.0.0.2'])
  t.same(plane.addresses(), ['10.0.0.2'])
  t.equal(plane.logged('host discovery back').length, 1)
})

test('Weights are those that hosts register with, unless the model wants them all alike', async (t) => {
  const stacks = hostsOf([{ path: '/D/Z/1.9', hosts: [{ ipv4: '10.0.0.1', weight: 0 }] }])
  const stored: StoreNews = { kind: 'hosts', name: 'shop', stacks }
  for (const [registeredWeights, weight] of [
    [true, 0],
    [false, 1],
  ] as const) {
    const document = { settings: { registeredWeights } }
    const plane = await Plane.start(t, [stored, serving('shop', 1, document), COMPLETE])
    t.same(plane.addresses(), ['10.0.0.1'])
    t.equal(plane.weights.at(-1), weight)
  }
})

test('A configuration without a gateway ends it', async (t) => {
  const plane = await Plane.start(t, [serving('shop', 1), COMPLETE])
  await plane.plane.apply({ gateway: undefined })
  t.same(plane.plane.models, [])
  t.equal(plane.plane.observed, undefined)
  t.same(plane.plane.obstacles, [])
  await plane.plane.apply({ gateway: CONFIG })
  await plane.tell(serving('shop', 2), COMPLETE)
  t.same(plane.state(), [2])
})
