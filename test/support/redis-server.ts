import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { freePort } from './pointsman.js'
import { RedisProcess } from './redis-process.js'

/**
 * A Redis server at a free port of an address that answers, with nothing on disk; killed when the test is over.
 * @param options as on its command line
 */
export async function startRedisAt(
  t: Test,
  address: string,
  ...options: readonly string[]
): Promise<RedisProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-redis-'))
  const port = await freePort([address])
  const plain = ['--save', '', '--appendonly', 'no', '--bind', address, '--dir', folder]
  const command = ['redis-server', ...plain, '--port', String(port), ...options]
  const server = new RedisProcess(address, port, command)
  t.teardown(async () => {
    await server.kill()
    rmSync(folder, { recursive: true })
  })
  await server.start()
  return server
}

/** One of 127.0.0.1. */
export function startRedis(t: Test, ...options: readonly string[]): Promise<RedisProcess> {
  return startRedisAt(t, '127.0.0.1', ...options)
}
