import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { ruleOf, startFace, type Face, type Teardown } from '../faces/proxy/face.js'
import { dial } from '../support/raw.js'
import { RawTarget, type RawConnection } from '../support/raw-target.js'
import { spend, type Budget, type Report } from './budget.js'
import { Chance } from './chance.js'
import { mutated } from './mutate.js'
import { REQUESTS } from './request-corpus.js'
import { RESPONSES } from './response-corpus.js'

const ROUNDS = 10
const CLIENTS = 12
const DESERTED_WITHIN_MS = 10_000

async function turns(count: number): Promise<void> {
  for (let done = 0; done < count; done++) await turn()
}

/** Ends a connection in one of the ways there are. */
function leave(socket: Socket, chance: Chance): void {
  const ways = [() => socket.end(), () => socket.destroy()]
  // Node loses the socket of a connection that is reset while its end is on the way.
  if (!socket.writableEnded) ways.push(() => socket.resetAndDestroy())
  chance.of(ways)()
}

/** A client that sends something, and leaves at some time. */
async function misbehave(face: Face, chance: Chance): Promise<void> {
  const socket = connect({ port: face.port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => undefined)
  if (chance.happens(0.8)) socket.resume()
  const requests = Array.from({ length: 1 + chance.upTo(4) }, () => chance.of(REQUESTS)).join('')
  const text = chance.happens(0.5) ? requests : mutated(requests, chance, REQUESTS)
  for (const piece of chance.cut(text)) {
    if (socket.writable) socket.write(piece, 'latin1')
    await turn()
  }
  await turns(chance.upTo(30))
  leave(socket, chance)
  await turns(chance.upTo(10))
  socket.destroy()
}

/** A target that answers with the path it was asked for. */
async function echo(connection: RawConnection): Promise<void> {
  for (;;) {
    const [, path = ''] = (await connection.receive('\r\n\r\n')).split(' ')
    await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`)
  }
}

/** A target that answers anything. */
function answering(chance: Chance) {
  return async (connection: RawConnection): Promise<void> => {
    for (;;) {
      await connection.receive('\r\n\r\n')
      await turns(chance.upTo(5))
      if (chance.happens(0.1)) continue
      const response = chance.of(RESPONSES)
      const text = chance.happens(0.5) ? response : mutated(response, chance, RESPONSES)
      await connection.send(...chance.cut(text))
      if (chance.happens(0.2)) leave(connection.socket, chance)
    }
  }
}

/** A request that must be answered with its own answer, whatever goes on around it. */
async function serve(t: Teardown, face: Face, path: string): Promise<void> {
  const client = await dial(t, face.port)
  const { status, body } = await client.ask(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`)
  client.socket.destroy()
  assert.deepEqual([status, String(body)], [200, path])
}

/** Whoever is still waited for is given up in time, and idle connections to the target with them. */
async function desert(face: Face): Promise<void> {
  const left = () => [face.clients, face.target.openConnections, face.inFlight]
  const deadline = performance.now() + DESERTED_WITHIN_MS
  while (left().some((count) => count > 0) && performance.now() < deadline) {
    await face.elapse(5000)
    await turns(50)
  }
  assert.deepEqual(left(), [0, 0, 0], 'clients, connections to the target, and requests under way')
}

async function rampage(t: Teardown, chance: Chance): Promise<void> {
  const steady = await RawTarget.start(echo)
  t.teardown(() => steady.close())
  const rules = [ruleOf(), ruleOf({ number: 2, pathPrefix: '/served', targetGroup: 'steady' })]
  const settings = { upgradeTimeoutMs: 200, maxBodySizeBytes: 400, rules }
  const group = { outlierFailures: 0 }
  const face = await startFace(t, answering(chance), { settings, group, others: { steady } })
  for (let round = 0; round < ROUNDS; round++) {
    const clients = Array.from({ length: CLIENTS }, () => misbehave(face, chance))
    await serve(t, face, `/served/${round}`)
    await Promise.all(clients)
    await face.elapse(chance.upTo(300))
  }
  await desert(face)
}

async function attempt(seed: number): Promise<string> {
  const actions: (() => unknown)[] = []
  try {
    await rampage({ teardown: (action) => void actions.push(action) }, new Chance(seed))
    return 'nobody was kept from being served, and nothing was left behind'
  } finally {
    for (const action of actions) await action()
  }
}

/** Clients and targets that do anything at once: others are served meanwhile, and in the end nothing is left of it. */
export function fuzzChaos(budget: Budget): Promise<Report> {
  return spend(budget, attempt, 1)
}
