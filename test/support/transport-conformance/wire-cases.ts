import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { calm } from './sent.js'
import type { RawConnection } from '../raw-target.js'
import type { Case } from './world.js'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n'

/** The next piece that comes on a connection which may have been handed over paused. */
async function nextText(socket: Duplex): Promise<string> {
  const next = once(socket, 'data')
  socket.resume()
  return String((await next)[0])
}

/** Answers each request on a connection with the next of these, and the last for ever. */
async function answerInTurn(connection: RawConnection, answers: readonly string[]): Promise<void> {
  for (let at = 0; ; at++) {
    await connection.request()
    await connection.send(answers[Math.min(at, answers.length - 1)] ?? '')
  }
}

/** Responses after which a connection must not be used again. */
const LAST_RESPONSES = {
  'Connection: close': 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
  'close among other options':
    'HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.0': 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'bytes after its end': `${OK}HTTP`,
  'a second response after its end': `${OK}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`,
  'bytes after a response without a body': `HTTP/1.1 204 No Content\r\n\r\nok`,
  'bytes after its last chunk':
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n\r\n',
}

const LAST_RESPONSE_CASES = Object.entries(LAST_RESPONSES).map(([name, wire]): Case => {
  return {
    name: `a connection is dropped after a response with ${name}`,
    async run(world) {
      const { raw, target } = await world.rawTarget((connection) =>
        answerInTurn(connection, [connection.number === 1 ? wire : OK]),
      )
      await world.ask(target)
      const next = await world.ask(target)
      assert.deepEqual([String(next.body), next.reused], ['ok', false])
      await (await raw.connection(1)).left()
    },
  }
})

/** How HTTP/1.1 connections are used again, or not. */
const REUSE_CASES: readonly Case[] = [
  {
    name: 'bytes on an idle connection drop it, and the next request gets its own answer',
    async run(world) {
      const { raw, target } = await world.rawTarget((connection) => answerInTurn(connection, [OK]))
      await world.ask(target)
      const first = await raw.connection(1)
      await calm()
      await first.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')
      const next = await world.ask(target)
      assert.deepEqual([String(next.body), next.reused], ['ok', false])
      await first.left()
    },
  },
  {
    name: 'an idle connection that the target ends in order is not used',
    async run(world) {
      const { raw, target } = await world.rawTarget((connection) => answerInTurn(connection, [OK]))
      await world.ask(target)
      const first = await raw.connection(1)
      first.end()
      await first.left()
      assert.equal((await world.ask(target)).reused, false)
    },
  },
  {
    name: 'a connection on which the request had not ended when the response did is dropped',
    async run(world) {
      const { target } = await world.rawTarget(async (connection) => {
        await connection.receive('\r\n\r\n')
        await connection.send(OK)
      })
      for (const body of [5, 'chunked'] as const) {
        await world.send(target, { method: 'POST', body }).ended()
        assert.equal((await world.ask(target)).reused, false)
        world.transport.prune(() => false)
      }
    },
  },
  {
    name: 'a connection that ends inside the head is TARGET_CLOSED, also when it was used before',
    async run(world) {
      const { target } = await world.rawTarget(async (connection) => {
        await connection.request()
        await connection.send(OK)
        await connection.request()
        await connection.send('HTTP/1.1 200 OK\r\nContent-')
        connection.end()
      })
      await world.ask(target)
      const sent = await world.send(target).failed('TARGET_CLOSED')
      assert.equal(sent.reused, true)
    },
  },
  {
    name: 'a connection that ends in order inside the body is RESPONSE_INCOMPLETE',
    async run(world) {
      const bodies = [
        'Content-Length: 9\r\n\r\nhello',
        'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
        'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n',
      ]
      const { target } = await world.rawTarget(async (connection) => {
        await connection.request()
        await connection.send(`HTTP/1.1 200 OK\r\n${bodies[connection.number - 1] ?? ''}`)
        connection.end()
      })
      for (const body of bodies) {
        const sent = await world.send(target).failed('RESPONSE_INCOMPLETE')
        assert.equal(String(sent.body), 'hello', body)
      }
    },
  },
  {
    name: 'a reset ends no body that lasts until the connection closes',
    async run(world) {
      const { raw, target } = await world.rawTarget(async (connection) => {
        await connection.request()
        await connection.send('HTTP/1.1 200 OK\r\n\r\nhello')
      })
      const sent = world.send(target)
      await sent.until(() => String(sent.body) === 'hello', 'data')
      const connection = await raw.connection(1)
      connection.reset()
      await sent.failed('RESPONSE_INCOMPLETE')
    },
  },
]

/** HTTP/1.1 Upgrade. */
const UPGRADE_CASES: readonly Case[] = [
  {
    name: 'an upgrade hands over the connection, with the bytes that came early',
    async run(world) {
      const { raw, target } = await world.rawTarget(async (connection) => {
        const { fields } = await connection.request()
        const asked = fields.filter(([name]) => /^(connection|upgrade)$/i.test(name))
        assert.deepEqual(asked, [
          ['Connection', 'Upgrade'],
          ['Upgrade', 'chat'],
        ])
        await connection.send(`${SWITCHING}early`)
        assert.equal(await connection.receive('\n'), 'from the client\n')
        await connection.send('from the target')
      })
      const { fields, socket, early } = await world.send(target, { upgrade: 'chat' }).upgraded()
      assert.deepEqual(fields, ['Connection', 'Upgrade', 'Upgrade', 'chat'])
      assert.equal(String(early), 'early')
      socket.write('from the client\n')
      assert.equal(await nextText(socket), 'from the target')
      socket.destroy()
      await raw.deserted()
    },
  },
  {
    name: 'what comes after 101 waits until somebody listens',
    async run(world) {
      const { raw, target } = await world.rawTarget(async (connection) => {
        await connection.request()
        await connection.send(SWITCHING, 'later')
      })
      const { socket, early } = await world.send(target, { upgrade: 'chat' }).upgraded()
      await calm()
      assert.equal(early.length > 0 ? String(early) : await nextText(socket), 'later')
      socket.end()
      await raw.deserted()
    },
  },
  {
    name: 'a refused upgrade is a response like any other, and the connection stays',
    async run(world) {
      const refused = 'HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno'
      const { target } = await world.rawTarget((connection) =>
        answerInTurn(connection, [refused, OK]),
      )
      const sent = await world.ask(target, { upgrade: 'chat' })
      assert.deepEqual([sent.response?.status, String(sent.body)], [426, 'no'])
      const next = await world.ask(target)
      assert.deepEqual([String(next.body), next.reused], ['ok', true])
    },
  },
]

/** What can only be seen in the bytes of an HTTP/1.1 connection. */
export const WIRE_CASES = [...LAST_RESPONSE_CASES, ...REUSE_CASES, ...UPGRADE_CASES]
