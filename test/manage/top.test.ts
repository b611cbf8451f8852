import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import { test, type Test } from 'tap'
import { managementUrl } from '../../src/config/management.js'
import { ManagementServer } from '../../src/manage/server.js'
import { runTop, type Streams } from '../../src/manage/top/run-top.js'
import { serviceUrl } from '../../src/manage/top/status-client.js'
import { Changes } from '../support/changes.js'
import { managing } from '../support/managing.js'
import { FakeService } from './managed-service.js'

/** A person's terminal, or a pipe. */
class Desk {
  written = ''
  complained = ''
  isRaw = false
  readonly changes = new Changes()
  readonly stdin = new EventEmitter()
  readonly stdout = new EventEmitter()
  readonly streams: Streams

  constructor(isTTY: boolean, columns = 120, rows = 24) {
    Object.assign(this.stdin, {
      isTTY,
      setRawMode: (isRaw: boolean) => (this.isRaw = isRaw),
      pause: () => undefined,
    })
    Object.assign(this.stdout, {
      isTTY,
      columns,
      rows,
      hasColors: () => false,
      write: (text: string) => {
        this.written += text
        this.changes.notify()
      },
    })
    const stderr = { write: (text: string) => (this.complained += text) }
    // As much of the three streams as is used.
    this.streams = { stdin: this.stdin, stdout: this.stdout, stderr } as unknown as Streams
  }

  press(keys: string): void {
    this.stdin.emit('data', Buffer.from(keys))
  }

  resize(columns: number, rows: number): void {
    Object.assign(this.stdout, { columns, rows })
    this.stdout.emit('resize')
  }

  /** What is on the screen since the last time it was drawn. */
  get screen(): string {
    return this.written.slice(this.written.lastIndexOf('\x1b[H') + 3)
  }

  shows(text: string): Promise<unknown> {
    return this.changes.until(
      () => this.screen.includes(text) || undefined,
      () => this.screen,
    )
  }
}

async function serving(
  t: Test,
): Promise<{ service: FakeService; server: ManagementServer; url: string }> {
  const service = new FakeService(t)
  const server = new ManagementServer(service)
  await server.start('127.0.0.1', 0)
  t.teardown(() => server.stop())
  return { service, server, url: `http://${server.address}` }
}

const URLS = [
  ['http://127.0.0.1:9090', 'http://127.0.0.1:9090/'],
  ['127.0.0.1:9090', 'http://127.0.0.1:9090/'],
  ['pointsman.internal:9090/metrics', 'http://pointsman.internal:9090/'],
  ['https://pointsman.internal/', 'https://pointsman.internal/'],
  ['[::1]:9090', 'http://[::1]:9090/'],
] as const

test('a service is named by a URL, or by host and port', (t) => {
  for (const [text, href] of URLS) t.equal(serviceUrl(text).href, href)
  t.end()
})

const ENVIRONMENTS = [
  [{}, 'http://127.0.0.1:9090'],
  [{ MANAGEMENT_PORT: '81' }, 'http://127.0.0.1:81'],
  [{ MANAGEMENT_PORT: ' 81 ', MANAGEMENT_HOST: '10.0.0.1' }, 'http://10.0.0.1:81'],
  [{ MANAGEMENT_PORT: '81', MANAGEMENT_HOST: '0.0.0.0' }, 'http://127.0.0.1:81'],
  [{ MANAGEMENT_PORT: '81', MANAGEMENT_HOST: '::' }, 'http://[::1]:81'],
] as const

test('a service with the same variables is found without a URL', (t) => {
  for (const [environment, url] of ENVIRONMENTS) t.equal(managementUrl(environment), url)
  t.end()
})

test('where there is no terminal, or with --once, the table is printed once', async (t) => {
  const { url } = await serving(t)
  for (const [isTTY, args] of [
    [false, [url]],
    [false, ['--once', url]],
    [true, ['--once', url]],
    [true, [url, '--once']],
    [false, []],
  ] as const) {
    const desk = new Desk(isTTY)
    t.equal(await runTop(args, url, desk.streams), 0)
    const lines = desk.written.split('\n')
    t.equal(lines.length, 7)
    t.match(lines[0], /^Pointsman 1\.2\.3 · serving/)
    t.match(lines[3], /^ {2}10\.0\.0\.1:80 +healthy/)
    t.notMatch(desk.written, '\x1b')
  }
})

test('where there are users, a token of a viewer is needed', async (t) => {
  const { url, as } = await managing(t)
  const refused = new Desk(false)
  t.equal(await runTop([], url, refused.streams), 1)
  t.match(refused.complained, 'it answers 401: POINTSMAN_TOKEN has to be a token of a viewer')
  const token = { name: 'top', grants: [{ role: 'viewer', on: '*' }], expiresAt: null }
  const { body } = await as('viewer')('POST', '/api/tokens', { body: token })
  const { secret } = body as { secret: string }
  const desk = new Desk(false)
  t.equal(await runTop([], url, desk.streams, secret), 0)
  t.match(desk.written, /^Pointsman 1\.2\.3 · serving/)
})

const WRONG = [
  ['a b', ['a', 'b']],
  ['--twice', ['--twice']],
  ['http://', ['http://']],
  ['no port', ['host:port']],
] as const

test('what makes no sense is said so, with the usage', async (t) => {
  for (const [name, args] of WRONG) {
    const desk = new Desk(false)
    t.equal(await runTop(args, 'http://127.0.0.1:1', desk.streams), 2, name)
    t.match(desk.complained, `Unknown: ${args.join(' ')}\n\nUsage: `, name)
    t.equal(desk.written, '', name)
  }
  const desk = new Desk(false)
  t.equal(await runTop(['--help'], 'http://127.0.0.1:1', desk.streams), 0)
  t.match(desk.written, /^Usage: /)
})

test('when there is no status, one line says why', async (t) => {
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const address = closed.address()
  const port = typeof address === 'object' && address ? address.port : 0
  closed.close()
  await once(closed, 'close')
  const desk = new Desk(true)
  t.equal(await runTop([`127.0.0.1:${port}`], '', desk.streams), 1)
  t.match(
    desk.complained,
    /^no status from http:\/\/127\.0\.0\.1:\d+\/api\/status: connect ECONNREFUSED .*\n$/,
  )
  t.equal(desk.written, '', 'the screen was not touched')
})

const STRANGERS = [
  ['another status', 404, '{}', /: it answers 404;/],
  ['no JSON', 200, '<html>', /: .*JSON/],
  ['other JSON', 200, '{"name":"another"}', /is not that of Pointsman/],
  ['JSON that is no object', 200, 'null', /is not that of Pointsman/],
] as const

test('what is not Pointsman is not taken for it', async (t) => {
  for (const [name, status, body, complaint] of STRANGERS) {
    const server = createServer((_, response) => response.writeHead(status).end(body))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => {
      server.closeAllConnections()
      server.close()
    })
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const desk = new Desk(false)
    t.equal(await runTop([`127.0.0.1:${port}`], '', desk.streams), 1, name)
    t.match(desk.complained, complaint, name)
  }
})

const ENDS: readonly (readonly [string, (desk: Desk) => void])[] = [
  ['q', (desk) => desk.press('q')],
  ['Ctrl+C', (desk) => desk.press('\x03')],
  ['keys that come together', (desk) => desk.press('\x1b[Bjq')],
  ['a signal', () => process.emit('SIGTERM')],
  ['a terminal that is gone', (desk) => desk.stdout.emit('error', new Error('EIO'))],
]

test('a live table leaves the terminal as it was', async (t) => {
  const { url } = await serving(t)
  for (const [name, end] of ENDS) {
    const desk = new Desk(true)
    const code = runTop([], url, desk.streams)
    await desk.shows('q quit')
    t.ok(desk.isRaw, name)
    t.ok(desk.written.startsWith('\x1b[?1049h\x1b[?25l'), name)
    end(desk)
    t.equal(await code, 0, name)
    t.notOk(desk.isRaw, name)
    t.ok(desk.written.endsWith('\x1b[?25h\x1b[?1049l'), name)
    t.equal(desk.stdin.listenerCount('data') + desk.stdout.listenerCount('resize'), 0, name)
  }
})

test('a live table is refreshed, follows the size of the terminal, and scrolls', async (t) => {
  const { service, url } = await serving(t)
  const desk = new Desk(true)
  const code = runTop([], url, desk.streams)
  await desk.shows(' serving ')
  service.phase = 'draining'
  service.obstacles = ['draining']
  await desk.shows('not ready: draining')
  desk.resize(80, 6)
  await desk.shows('1–2 of 4')
  desk.press('\x1b[B')
  await desk.shows('2–3 of 4')
  desk.press('\x1bOB')
  await desk.shows('3–4 of 4')
  desk.press('\x1b[5~')
  await desk.shows('1–2 of 4')
  desk.press('\x1b[6~\x1b[6~\x1b[6~')
  await desk.shows('3–4 of 4')
  desk.resize(80, 24)
  desk.press('?')
  t.notMatch(desk.screen, ' of 4 ·')
  desk.press('q')
  await code
})

test('a live table stays when the service goes, and says so', async (t) => {
  const { url, server } = await serving(t)
  const desk = new Desk(true)
  const code = runTop([], url, desk.streams)
  await desk.shows('10.0.0.1:80')
  await server.stop()
  await desk.shows('no news for ')
  t.match(desk.screen, 'ECONNREFUSED')
  t.match(desk.screen, '10.0.0.1:80')
  desk.press('q')
  t.equal(await code, 0)
})
