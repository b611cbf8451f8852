import type { Followed } from '../support/dns-environment.js'
import { MONITOR, type PostgresPair } from '../support/postgres-pair.js'
import type { Shell } from './shell.js'

/** Names for the primary of the pair, for replicas that keep up, and for those that stream. */
export function postgresNames({ port }: PostgresPair, authority: string): readonly Followed[] {
  const targets = `127.0.0.21:${port}, 127.0.0.22:${port}`
  const check = {
    HEALTH_INTERVAL: '300',
    HEALTH_TIMEOUT: '700',
    POSTGRES_USER: MONITOR.user,
    POSTGRES_PASSWORD: MONITOR.password,
    POSTGRES_TLS: 'true',
    TLS_CA_FILE: authority,
    TLS_SERVER_NAME: 'pointsman.test',
  }
  const replicas = { ...check, SOURCE: 'postgres:replica' }
  return [
    { name: 'dbm', targets, group: { ...check, SOURCE: 'postgres:primary', ALL_DOWN: 'all' } },
    { name: 'dbr', targets, group: { ...replicas, POSTGRES_MAX_LAG: '1000' } },
    { name: 'dbs', targets, group: { ...replicas, POSTGRES_REQUIRE_STREAMING: 'true' } },
  ]
}

/** The names of the primary and of its replica, which lags, hangs, and takes over. */
export async function postgres(shell: Shell, { primary, replica }: PostgresPair): Promise<void> {
  const psql = 'psql -X -q -U postgres -p $POSTGRES_PORT -d postgres'
  await shell.soon(
    ['19', '$D +short dbm.ha.test', '127.0.0.21'],
    ['19', '$D +short dbr.ha.test', '127.0.0.22'],
  )
  await shell.now(
    ['20', `${psql} -h 127.0.0.22 -c 'select pg_wal_replay_pause()' -At`, ''],
    ['20', `${psql} -h 127.0.0.21 -c 'insert into written values (now())'`, ''],
  )
  await shell.soon(['20', '$D dbr.ha.test', /status: SERVFAIL/])
  await shell.now(['20', `${psql} -h 127.0.0.22 -c 'select pg_wal_replay_resume()' -At`, ''])
  await shell.soon(['20', '$D +short dbr.ha.test', '127.0.0.22'])
  replica.hang()
  await shell.soon(['20', '$D dbr.ha.test', /status: SERVFAIL/])
  replica.wakeUp()
  await shell.soon(
    ['20', '$D +short dbr.ha.test', '127.0.0.22'],
    ['20', '$D +short dbs.ha.test', '127.0.0.22'],
  )
  await primary.stop()
  await shell.soon(
    ['19', '$D dbm.ha.test', /status: SERVFAIL/, /ANSWER: 0,/],
    ['20', '$D dbs.ha.test', /status: SERVFAIL/],
    ['19', '$D +short dbr.ha.test', '127.0.0.22'],
  )
  await shell.now(['19', `${psql} -h 127.0.0.22 -c 'select pg_promote()' -At`, 't'])
  await shell.soon(
    ['19', '$D +short dbm.ha.test', '127.0.0.22'],
    ['19', '$D dbr.ha.test', /status: SERVFAIL/],
  )
  await primary.start()
  await shell.soon(['20', 'curl -s $STATUS', /is primary and serves, but so is/])
  await shell.now(['20', '$D +short dbm.ha.test', '127.0.0.22'])
}
