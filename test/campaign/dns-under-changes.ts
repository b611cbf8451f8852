import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { test } from 'tap'
import { dnsEnvironment } from '../support/dns-environment.js'
import { freePort, startPointsman } from '../support/pointsman.js'
import { TcpTargets } from '../support/tcp-targets.js'
import { tell } from './figures.js'

const SECONDS = 30
const HOSTS = ['127.0.0.11', '127.0.0.12', '127.0.0.13']
const CHECKED = { HEALTH_CHECK: 'tcp', HEALTH_INTERVAL: '200', HEALTH_FALL: '1', HEALTH_RISE: '1' }

for (const [workers, transport] of [
  ['0', 'udp'],
  ['0', 'tcp'],
  ['2', 'udp'],
] as const) {
  const what = `${transport}, WORKERS=${workers}`
  test(`Targets that come and go and reloads, every second, under load: ${what}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'pointsman-campaign-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    const targets = await TcpTargets.start(t, ...HOSTS)
    const port = await freePort()
    const followed = [{ name: 'www', targets: targets.list(...HOSTS), group: CHECKED }]
    const file = join(folder, 'pointsman.env')
    const write = (others: Readonly<Record<string, string>>): void => {
      const variables = { ...dnsEnvironment(port, followed), WORKERS: workers, ...others }
      const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`)
      writeFileSync(file, lines.join(''))
    }
    write({})
    const pointsman = await startPointsman(t, { ENV_FILE: file })
    const queries = join(folder, 'queries')
    writeFileSync(queries, 'www.ha.test A\nwww.ha.test AAAA\nnope.ha.test A\n')
    const args = ['-s', '127.0.0.1', '-p', `${port}`, '-d', queries, '-l', `${SECONDS}`]
    const load = promisify(execFile)('dnsperf', [...args, '-m', transport, '-c', '20', '-T', '1'])
    for (let second = 0; second < SECONDS - 1; second++) {
      const host = HOSTS[second % HOSTS.length] ?? ''
      await targets.stop(host)
      await wait(500)
      write({ DNS_TTL: String(1 + (second % 5)) })
      pointsman.signal('SIGHUP')
      await targets.start(host)
      await wait(500)
    }
    const { stdout } = await load
    const [, completed = ''] = /Queries completed:\s+(\d+)/.exec(stdout) ?? []
    const [, lost = ''] = /Queries lost:\s+(\d+)/.exec(stdout) ?? []
    const [, rcodes = ''] = /Response codes:\s+(.*)/.exec(stdout) ?? []
    t.equal(lost, '0')
    t.notMatch(rcodes, /SERVFAIL|REFUSED|FORMERR/)
    t.ok(pointsman.logs.filter(({ to }) => to === 'unhealthy').length >= SECONDS / 2)
    t.ok(pointsman.logs.filter(({ msg }) => msg === 'configuration reloaded').length >= SECONDS / 2)
    tell(`${SECONDS} s of changes, ${what}`, `${lost} lost of ${completed}; ${rcodes}`)
    t.equal(await pointsman.stop(), 0)
  })
}
