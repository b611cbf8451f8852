import { test, type Test } from 'tap'
import type { ZookeeperSession } from '../../src/clients/zookeeper/zookeeper-session.js'
import { readRegistrant } from '../../src/register/registrant.js'
import { Registration } from '../../src/register/registration.js'
import { systemClock } from '../../src/runtime/system-clock.js'
import { Changes } from '../support/changes.js'
import { startRelay } from '../support/relay.js'
import { startZookeeper } from '../support/zookeeper-server.js'
import { openSession } from '../support/zookeeper-session.js'

const REGISTRANT = readRegistrant(['--path', '/services/web', '--host', '10.0.0.1', '--port', '80'])
const PATH = '/services/web/10.0.0.1:80'

/** A registration that has begun, and what is told of it. */
class Begun {
  readonly news: string[] = []
  private readonly changes = new Changes()

  constructor(t: Test, session: ZookeeperSession) {
    const stop = new AbortController()
    const options = {
      session,
      clock: systemClock,
      onNews: ({ kind }: { readonly kind: string }) => {
        this.news.push(kind)
        this.changes.notify()
      },
    }
    const ended = new Registration(REGISTRANT, options).run(stop.signal)
    t.teardown(async () => {
      stop.abort()
      await ended
    })
  }

  async tells(kind: string): Promise<void> {
    await this.changes.until(
      () => this.news.at(-1) === kind || undefined,
      () => this.news.join(),
    )
  }
}

/** Resolves when a node is there; what becomes of it later is nobody's concern. */
function isThere(session: ZookeeperSession, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let hasCome = false
    const look = async (): Promise<void> => {
      if (hasCome) return
      hasCome = await session.exists(path, () => void look().catch(reject))
      if (hasCome) resolve()
    }
    look().catch(reject)
  })
}

test('A registration', async (t) => {
  const server = await startZookeeper(t)
  const { session: other } = await openSession(t, [server])

  await t.test('is made again when somebody removes its node', async (t) => {
    const { session } = await openSession(t, [server])
    const begun = new Begun(t, session)
    await begun.tells('registered')
    t.match(await other.read(PATH), { owner: session.id })
    await other.remove(PATH)
    await isThere(other, PATH)
    t.match(await other.read(PATH), { owner: session.id })
    await session.close()
  })

  await t.test('is made again when the session has expired', async (t) => {
    const relay = await startRelay(t, server.host, server.port)
    const { session } = await openSession(t, [relay.address], { sessionTimeoutMs: 1000 })
    const begun = new Begun(t, session)
    await begun.tells('registered')
    const gone = new Promise<void>((resolve) => {
      void other.read(PATH, resolve)
    })
    relay.close()
    await begun.tells('suspended')
    await gone
    relay.open()
    await begun.tells('registered')
    t.same(begun.news, ['registered', 'suspended', 'expired', 'suspended', 'registered'])
    t.match(await other.read(PATH), { owner: session.id })
    await session.close()
  })

  await t.test('takes the place of what an earlier run left', async (t) => {
    const { session: earlier } = await openSession(t, [server])
    await earlier.create(PATH, Buffer.from('left behind'), { ephemeral: true })
    const { session } = await openSession(t, [server])
    const begun = new Begun(t, session)
    await begun.tells('registered')
    t.match(await other.read(PATH), { owner: session.id })
    await session.close()
  })

  await t.test('and another one of the same id do not fight', async (t) => {
    const [{ session: one }, { session: two }] = [
      await openSession(t, [server]),
      await openSession(t, [server]),
    ]
    const first = new Begun(t, one)
    await first.tells('registered')
    const second = new Begun(t, two)
    await Promise.race([second.tells('taken'), first.tells('taken')])
    const [holder, waiter, owner] =
      first.news.at(-1) === 'taken' ? [second, first, two] : [first, second, one]
    await holder.tells('registered')
    t.match(await other.read(PATH), { owner: owner.id })
    await owner.close()
    await waiter.tells('registered')
    await Promise.all([one.close(), two.close()])
  })

  await t.test('leaves alone what belongs to nobody', async (t) => {
    await other.create(PATH, Buffer.from('kept'))
    const { session } = await openSession(t, [server])
    const begun = new Begun(t, session)
    await begun.tells('taken')
    t.match(await other.read(PATH), { data: Buffer.from('kept') })
    await other.remove(PATH)
    await begun.tells('registered')
    await session.close()
  })
})
