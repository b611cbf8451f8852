import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { selfSigned, type Certificate } from './certificate.js'
import { freePort } from './pointsman.js'
import { giveAway, ownDirectory, PostgresServer, runProgram } from './postgres-server.js'

const PRIMARY = '127.0.0.21'
const REPLICA = '127.0.0.22'

/** May see how replication is; logs in with SCRAM. */
export const MONITOR = { user: 'pointsman', password: 'p@ss:w/o%rd', database: 'postgres' }
/** The same without any privilege. */
export const STRANGER = { ...MONITOR, user: 'stranger' }
/** Needs no password. */
export const TRUSTED = { user: 'trusted', password: undefined, database: 'postgres' }
/** Is let in under TLS alone. */
export const SECRETIVE = { ...MONITOR, user: 'secretive' }

const SETTINGS = {
  unix_socket_directories: '',
  max_connections: '20',
  shared_buffers: '16MB',
  fsync: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  wal_keep_size: '256MB',
  wal_retrieve_retry_interval: '100ms',
  wal_receiver_status_interval: '100ms',
  password_encryption: 'scram-sha-256',
  lc_messages: 'C',
  ssl: 'on',
}

const ACCESS = `
host replication postgres 127.0.0.0/8 trust
host all postgres,${TRUSTED.user} 127.0.0.0/8 trust
hostssl all ${SECRETIVE.user} 127.0.0.0/8 scram-sha-256
hostnossl all ${SECRETIVE.user} 127.0.0.0/8 reject
host all all 127.0.0.0/8 scram-sha-256
`

const USERS = `
CREATE ROLE ${MONITOR.user} LOGIN PASSWORD '${MONITOR.password}' IN ROLE pg_monitor;
CREATE ROLE ${STRANGER.user} LOGIN PASSWORD '${STRANGER.password}';
CREATE ROLE ${SECRETIVE.user} LOGIN PASSWORD '${SECRETIVE.password}';
CREATE ROLE ${TRUSTED.user} LOGIN;
CREATE TABLE written (at timestamptz);
`

/** A primary and a replica that streams from it, at the same port of two addresses. */
export interface PostgresPair {
  readonly primary: PostgresServer
  readonly replica: PostgresServer
  readonly port: number
  /** What both show under TLS: self-signed, for `pointsman.test`. */
  readonly certificate: Certificate
}

async function initialise(data: string, certificate: Certificate): Promise<void> {
  const options = ['--no-sync', '--auth=trust', '--username=postgres', '--encoding=UTF8']
  await runProgram('initdb', ['-D', data, ...options, '--locale=C'])
  writeFileSync(join(data, 'pg_hba.conf'), ACCESS)
  for (const [name, text] of [
    ['server.crt', certificate.cert],
    ['server.key', certificate.key],
  ] as const) {
    writeFileSync(join(data, name), text, { mode: 0o600 })
    await giveAway(join(data, name))
  }
}

async function cloned(primary: PostgresServer, data: string): Promise<PostgresServer> {
  const from = `host=${primary.address} port=${primary.port} user=postgres sslmode=disable`
  const options = ['--write-recovery-conf', '--wal-method=stream', '--checkpoint=fast', '--no-sync']
  await runProgram('pg_basebackup', ['-d', from, '-D', data, ...options])
  const replica = new PostgresServer(data, REPLICA, primary.port)
  replica.configure({ listen_addresses: REPLICA })
  return replica
}

/** Starts a primary and a streaming replica, stopped and gone when the test ends. */
export async function startPostgresPair(t: Test): Promise<PostgresPair> {
  const folder = await ownDirectory(mkdtempSync(join(tmpdir(), 'pointsman-postgres-')))
  const certificate = selfSigned('pointsman.test')
  const port = await freePort([PRIMARY, REPLICA])
  const servers: PostgresServer[] = []
  t.teardown(async () => {
    await Promise.all(servers.map((server) => server.stop(true)))
    rmSync(folder, { recursive: true })
  })
  const data = await ownDirectory(join(folder, 'primary'))
  await initialise(data, certificate)
  const primary = new PostgresServer(data, PRIMARY, port)
  servers.push(primary)
  primary.configure({ ...SETTINGS, listen_addresses: PRIMARY, port: String(port) })
  await primary.start()
  await primary.sql(USERS)
  const replica = await cloned(primary, join(folder, 'replica'))
  servers.push(replica)
  await replica.start()
  return { primary, replica, port, certificate }
}
