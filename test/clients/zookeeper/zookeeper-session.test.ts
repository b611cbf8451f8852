import { test } from 'tap'
import zookeeper from 'node-zookeeper-client'
import type { SessionEvent } from '../../../src/clients/zookeeper/session-keeper.js'
import { isZookeeperError } from '../../../src/clients/zookeeper/zookeeper-error.js'
import { ZookeeperSession } from '../../../src/clients/zookeeper/zookeeper-session.js'
import { ManualClock, seeded } from '../../support/clock.js'
import { freePort } from '../../support/pointsman.js'
import { startRelay } from '../../support/relay.js'
import { startZookeeper } from '../../support/zookeeper-server.js'
import { openSession, type WatchedSession } from '../../support/zookeeper-session.js'

const EMPTY = Buffer.alloc(0)

/** Resolves when the last event is of this kind. */
function comes(
  { events, changes }: WatchedSession,
  kind: SessionEvent['kind'],
): Promise<SessionEvent> {
  return changes.until(
    () => (events.at(-1)?.kind === kind ? events.at(-1) : undefined),
    () => events.map((each) => each.kind).join(),
  )
}

function failed(): never {
  throw new Error('there is none')
}

/** Sets a watch on a node that is there. */
async function watch(
  session: ZookeeperSession,
  path: string,
): Promise<{ readonly changed: Promise<void> }> {
  let tell = (): void => {}
  const changed = new Promise<void>((resolve) => (tell = resolve))
  await session.read(path, tell)
  return { changed }
}

test('A session of a ZooKeeper server', async (t) => {
  const server = await startZookeeper(t)

  await t.test('reads what it has written, as other clients do', async (t) => {
    const { session } = await openSession(t, [server])
    await session.create('/plain', Buffer.from('first'))
    t.match(await session.read('/plain'), { data: Buffer.from('first'), version: 0, owner: 0n })
    t.equal(await session.set('/plain', Buffer.from('second')), 1)
    t.equal(await session.set('/plain', Buffer.from('thïrd'), 1), 2)
    await session.create('/plain/child', EMPTY, { ephemeral: true })
    t.same(await session.children('/plain'), ['child'])
    t.match(await session.read('/plain/child'), { data: EMPTY, version: 0, owner: session.id })

    const other = zookeeper.createClient(server.address)
    other.connect()
    t.teardown(() => other.close())
    const [text, version] = await new Promise<[string, number]>((resolve, reject) => {
      other.getData('/plain', (error, data, stat) => {
        if (error instanceof Error) reject(error)
        else resolve([data.toString(), stat.version])
      })
    })
    t.same([text, version], ['thïrd', 2])
    await session.remove('/plain/child')
    await session.remove('/plain', 2)
    t.equal(await session.read('/plain'), undefined)
    t.equal(await session.children('/plain'), undefined)
  })

  await t.test('says why a request was refused, and changes nothing', async (t) => {
    const { session } = await openSession(t, [server])
    await session.ensure('/refused/below')
    await session.create('/fleeting', EMPTY, { ephemeral: true })
    const cases: readonly (readonly [string, () => Promise<unknown>, object])[] = [
      [
        'set of nothing',
        () => session.set('/none', EMPTY),
        { reason: 'no-node', message: 'ZooKeeper: set /none: there is no such node' },
      ],
      ['remove of nothing', () => session.remove('/none'), { reason: 'no-node' }],
      ['no parent', () => session.create('/none/child', EMPTY), { reason: 'no-node' }],
      [
        'create of what is there',
        () => session.create('/refused', EMPTY),
        { reason: 'node-exists', message: 'ZooKeeper: create /refused: the node is there already' },
      ],
      [
        'set of another version',
        () => session.set('/refused', EMPTY, 7),
        { reason: 'bad-version' },
      ],
      ['remove of another version', () => session.remove('/refused', 7), { reason: 'bad-version' }],
      [
        'remove of a parent',
        () => session.remove('/refused'),
        { reason: 'not-empty', message: 'ZooKeeper: remove /refused: the node has children' },
      ],
      [
        'a child of an ephemeral node',
        () => session.create('/fleeting/child', EMPTY),
        {
          reason: 'refused',
          message: 'ZooKeeper: create /fleeting/child: an ephemeral node cannot have children',
        },
      ],
      [
        'too many bytes',
        () => session.set('/refused', Buffer.alloc(1 << 20)),
        { reason: 'refused', message: /1048\d+ bytes are over its limit of 1048575/ },
      ],
      [
        'a path that ends in /',
        () => session.read('/a/'),
        { reason: 'refused', message: 'ZooKeeper: "/a/" is no path' },
      ],
    ]
    for (const [name, request, error] of cases)
      await t.rejects(
        request(),
        { name: 'ZookeeperError', code: 'ZOOKEEPER_FAILED', ...error },
        name,
      )
    t.match(await session.read('/refused'), { version: 0 }, 'and the session goes on')
  })

  await t.test('changes all or nothing, from the first version on', async (t) => {
    const { session } = await openSession(t, [server])
    await session.create('/multi', EMPTY)
    const create = { kind: 'create', path: '/multi/a', data: Buffer.from('a') } as const
    const set = { kind: 'set', path: '/multi', data: Buffer.from('1'), version: 0 } as const
    t.same(await session.multi([create, set]), [undefined, 1])
    const again = [
      { kind: 'check', path: '/multi', version: 1 },
      { kind: 'remove', path: '/multi/a' },
      set,
      { kind: 'create', path: '/multi/b', data: EMPTY },
    ] as const
    await t.rejects(session.multi(again), {
      reason: 'bad-version',
      message: 'ZooKeeper: set /multi: the node has another version',
    })
    t.same(await session.children('/multi'), ['a'], 'nothing of it was done')
    t.same(await session.multi([]), [])
  })

  await t.test('keeps to its base path, which it makes', async (t) => {
    const { session } = await openSession(t, [server], { basePath: '/base/path' })
    const outside = await openSession(t, [server])
    t.equal(await session.children('/'), undefined)
    await session.ensure('/x/y')
    await session.ensure('/x/y')
    t.same(await outside.session.children('/base/path/x'), ['y'])
    t.same(await session.children('/'), ['x'])
    const seen = await watch(session, '/x')
    await outside.session.set('/base/path/x', EMPTY)
    await seen.changed
    await t.rejects(session.remove('/x'), {
      message: 'ZooKeeper: remove /base/path/x: the node has children',
    })
  })

  await t.test('takes its ephemeral nodes along when it is closed', async (t) => {
    const { session } = await openSession(t, [server])
    const other = await openSession(t, [server])
    await session.create('/leaving', EMPTY, { ephemeral: true })
    const seen = await watch(other.session, '/leaving')
    await session.close()
    await seen.changed
    t.equal(await other.session.read('/leaving'), undefined)
    await t.rejects(session.read('/leaving'), { name: 'ZookeeperError', reason: 'lost' })
  })

  await t.test('goes on after its connection broke, and misses no change', async (t) => {
    const relay = await startRelay(t, server.host, server.port)
    const watched = await openSession(t, [relay.address], { sessionTimeoutMs: 10_000 })
    const { session } = watched
    const { session: other } = await openSession(t, [server])
    await other.ensure('/kept/changed')
    await other.ensure('/kept/removed')
    await other.ensure('/kept/same')
    const { id } = session
    const told: string[] = []
    const tell = (what: string) => (): void => {
      told.push(what)
      watched.changes.notify()
    }
    await session.read('/kept/changed', tell('changed'))
    await session.read('/kept/removed', tell('removed'))
    await session.read('/kept/same', tell('same'))
    await session.children('/kept', tell('children'))
    t.notOk(await session.exists('/kept/new', tell('new')))

    relay.close()
    const { error } = (await comes(watched, 'suspended')) as { error?: Error }
    t.match(error, { reason: 'lost', message: /closed the connection/ })
    await t.rejects(session.read('/kept'), { name: 'ZookeeperError', reason: 'lost' }, 'at once')
    await other.set('/kept/changed', EMPTY)
    await other.remove('/kept/removed')
    await other.create('/kept/new', EMPTY)
    t.same(told, [])
    relay.open()
    t.match(await comes(watched, 'connected'), { isNew: false })
    t.equal(session.id, id)
    const four = (): true | undefined => told.length >= 4 || undefined
    await watched.changes.until(four, () => told.join())
    t.same(told.sort(), ['changed', 'children', 'new', 'removed'])
    await other.set('/kept/same', EMPTY)
    await watched.changes.until(
      () => told.includes('same') || undefined,
      () => told.join(),
    )
  })

  await t.test('becomes a new one when it has expired', async (t) => {
    const relay = await startRelay(t, server.host, server.port)
    const watched = await openSession(t, [relay.address], { sessionTimeoutMs: 1000 })
    const { session } = watched
    const { session: other } = await openSession(t, [server])
    const { id } = session
    await session.create('/expiring', EMPTY, { ephemeral: true })
    const seen = await watch(other, '/expiring')
    relay.close()
    await seen.changed
    relay.open()
    t.match(await comes(watched, 'connected'), { isNew: true })
    t.equal(watched.events.filter(({ kind }) => kind === 'expired').length, 1)
    t.not(session.id, id)
    t.equal(await session.read('/expiring'), undefined)
  })

  await t.test('notices a server that says nothing any more', async (t) => {
    const relay = await startRelay(t, server.host, server.port)
    const watched = await openSession(t, [relay.address], { sessionTimeoutMs: 1500 })
    relay.clog()
    await t.rejects(watched.session.read('/'), {
      reason: 'lost',
      message: /has not answered for 1000 ms/,
    })
    t.match(watched.events.at(-1), { kind: 'suspended' })
  })

  await t.test('and a hundred others come back spread out', async (t) => {
    const relay = await startRelay(t, server.host, server.port)
    const hundred = Array.from({ length: 100 }, () => relay.address)
    const all = await Promise.all(
      hundred.map((address) => openSession(t, [address], { sessionTimeoutMs: 10_000 })),
    )
    const backAt: number[] = []
    relay.close()
    // Long enough for the waits to have grown to their longest, a quarter of the session's time.
    await comes(all[0] ?? failed(), 'suspended')
    await new Promise((resolve) => setTimeout(resolve, 3000))
    const openedAt = Date.now()
    relay.open()
    await Promise.all(
      all.map(async ({ session }) => {
        await session.connected(AbortSignal.timeout(20_000))
        backAt.push(Date.now() - openedAt)
      }),
    )
    const perTick = new Map<number, number>()
    for (const at of backAt) {
      const tick = Math.floor(at / 250)
      perTick.set(tick, (perTick.get(tick) ?? 0) + 1)
    }
    t.comment(`back after ms: ${[0, 25, 50, 75, 99].map((i) => backAt[i]).join(', ')}`)
    t.ok(Math.max(...perTick.values()) < 40, 'at no moment many of them')
    t.ok((backAt.at(-1) ?? 0) > 1000, 'over seconds')
    t.ok(all.every(({ events }) => events.every(({ kind }) => kind !== 'expired')))
  })

  await t.test('gives up a request whose signal aborts', async (t) => {
    const { session } = await openSession(t, [server])
    const stop = new AbortController()
    const answer = session.read('/', undefined, stop.signal)
    stop.abort(new Error('no more'))
    await t.rejects(answer, { message: 'no more' })
    await t.rejects(session.read('/', undefined, stop.signal), { message: 'no more' })
    t.ok(await session.read('/'), 'and goes on')
  })

  await t.test('lets only its login change what it creates', async (t) => {
    const { session } = await openSession(t, [server], { login: 'pointsman:secret' })
    const { session: same } = await openSession(t, [server], { login: 'pointsman:secret' })
    const { session: stranger } = await openSession(t, [server])
    await session.create('/guarded', EMPTY)
    t.equal(await same.set('/guarded', EMPTY), 1)
    t.match(await stranger.read('/guarded'), { version: 1 })
    await t.rejects(stranger.set('/guarded', EMPTY), {
      reason: 'not-permitted',
      message: 'ZooKeeper: set /guarded: access to the node is not allowed',
    })
  })
})

test('An outage is waited for, and who comes when it has lasted is told at once', async (t) => {
  const clock = new ManualClock()
  const hosts = [{ host: '127.0.0.1', port: await freePort() }]
  const settings = { hosts, basePath: '/', sessionTimeoutMs: 10_000, login: undefined }
  const session = new ZookeeperSession(settings, { clock, random: seeded(1) })
  t.teardown(() => session.close())
  session.connect()
  clock.advance(60_000)
  const outcome = (withinMs: number, patienceMs: number): Promise<string> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => resolve('waits'), patienceMs)
      t.teardown(() => clearTimeout(timer))
      session.restored(withinMs).catch((error: unknown) => {
        resolve(isZookeeperError(error, 'lost') ? 'lost' : String(error))
      })
    })
  t.equal(await outcome(60_000, 20_000), 'lost')
  t.equal(await outcome(120_000, 50), 'waits')
})
