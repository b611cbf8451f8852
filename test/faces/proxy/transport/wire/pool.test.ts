import { test } from 'tap'
import { Pool, type IdleConnection } from '../../../../../src/faces/proxy/transport/wire/pool.js'
import { targetNamed } from '../../../../support/groups.js'

class Idle implements IdleConnection {
  readonly expiresAt: number
  closed = 0

  constructor(expiresAt = 1000) {
    this.expiresAt = expiresAt
  }

  close(): void {
    this.closed++
  }
}

function newPool(): Pool<Idle> {
  return new Pool<Idle>(targetNamed('t'), { verify: true })
}

function filled(pool: Pool<Idle>, ...expiries: readonly number[]): Idle[] {
  const connections = expiries.map((expiresAt) => new Idle(expiresAt))
  for (const connection of connections) pool.put(connection)
  return connections
}

test('the connection that was put back last is taken first', (t) => {
  const pool = newPool()
  const [first, second, third] = filled(pool, 1000, 1000, 1000)
  t.equal(pool.take(0), third)
  t.equal(pool.take(0), second)
  if (third) pool.put(third)
  t.equal(pool.take(0), third)
  t.equal(pool.take(0), first)
  t.equal(pool.take(0), undefined)
  t.end()
})

test('a connection that has expired is closed instead of taken', (t) => {
  const pool = newPool()
  const [old, young, older] = filled(pool, 999, 1001, 1000)
  t.equal(pool.take(1000), young)
  t.strictSame([old?.closed, young?.closed, older?.closed], [0, 0, 1])
  t.equal(pool.take(1000), undefined)
  t.equal(old?.closed, 1)
  t.end()
})

test('what has expired is closed when it is looked for, wherever it lies', (t) => {
  const pool = newPool()
  const connections = filled(pool, 100, 300, 200, 400, 200)
  pool.closeExpired(200)
  t.strictSame(
    connections.map(({ closed }) => closed),
    [1, 0, 1, 0, 1],
  )
  t.equal(pool.take(200), connections[3])
  t.equal(pool.take(200), connections[1])
  t.equal(pool.take(200), undefined)
  t.end()
})

test('a connection that left is not taken, and one that was never there changes nothing', (t) => {
  const pool = newPool()
  const [first, second, third] = filled(pool, 1000, 1000, 1000)
  if (second) pool.remove(second)
  pool.remove(new Idle())
  t.equal(pool.take(0), third)
  t.equal(pool.take(0), first)
  t.equal(pool.take(0), undefined)
  t.equal(second?.closed, 0, 'who leaves closes by itself')
  t.end()
})

test('no more than 512 connections are kept', (t) => {
  const pool = newPool()
  const connections = filled(pool, ...Array.from({ length: 514 }, () => 1000))
  const closed = connections.filter((connection) => connection.closed > 0)
  t.strictSame(closed, connections.slice(512))
  t.equal(pool.take(0), connections[511])
  t.end()
})

test('a pool that is retired closes what it has and what comes back', (t) => {
  const pool = newPool()
  const connections = filled(pool, 1000, 1000)
  pool.retire()
  const late = new Idle()
  pool.put(late)
  t.strictSame(
    [...connections, late].map(({ closed }) => closed),
    [1, 1, 1],
  )
  t.equal(pool.take(0), undefined)
  t.end()
})
