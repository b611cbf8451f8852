import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { test, type Test } from 'tap'
import { managing } from '../../support/managing.js'
import { dial } from '../../support/raw.js'

const PAGE = '<!doctype html><title>Pointsman</title>'
const SCRIPT = 'console.log("of a page")'

/** What a build leaves, with a file beside it that is nobody's business. */
function built(t: Test): string {
  const root = t.testdir({ 'secret.txt': 'a secret' })
  const web = join(root, 'web')
  mkdirSync(join(web, 'assets'), { recursive: true })
  writeFileSync(join(web, 'index.html'), PAGE)
  writeFileSync(join(web, 'sw.js'), 'self.skipWaiting()')
  writeFileSync(join(web, '.hidden'), 'a secret')
  writeFileSync(join(web, 'assets', 'index-a1b2c3.js'), SCRIPT)
  writeFileSync(join(web, 'assets', 'index-a1b2c3.js.br'), brotliCompressSync(SCRIPT))
  writeFileSync(join(web, 'assets', 'index-a1b2c3.js.gz'), gzipSync(SCRIPT))
  return web
}

test('Everybody gets the pages, which say nothing of themselves', async (t) => {
  const { url } = await managing(t, { webDirectory: built(t) })
  const page = await fetch(url)
  t.equal(page.status, 200)
  t.equal(await page.text(), PAGE)
  t.match(page.headers.get('content-type'), /^text\/html/)
  t.equal(page.headers.get('cache-control'), 'no-cache')
  t.match(page.headers.get('content-security-policy'), "script-src 'self';")
  const etag = page.headers.get('etag') ?? ''
  // Without the second, fetch adds one that asks for everything.
  const headers = { 'if-none-match': etag, 'cache-control': 'max-age=0' }
  t.equal((await fetch(url, { headers })).status, 304)
  const worker = await fetch(`${url}/sw.js`)
  t.equal(worker.headers.get('cache-control'), 'no-cache')
  t.equal(worker.headers.get('service-worker-allowed'), '/')
  t.match(worker.headers.get('content-type'), /javascript/)
})

test('What has its content in its name is kept for good, and sent compressed', async (t) => {
  const { url } = await managing(t, { webDirectory: built(t) })
  for (const [accepted, encoding] of [
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['*', 'br'],
    ['*;q=0.0', null],
    ['identity', null],
  ] as const) {
    const headers = { 'accept-encoding': accepted }
    const asset = await fetch(`${url}/assets/index-a1b2c3.js`, { headers })
    t.equal(asset.headers.get('content-encoding'), encoding, accepted)
    t.equal(await asset.text(), SCRIPT)
    t.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    t.match(asset.headers.get('content-type'), /javascript/)
    t.equal(asset.headers.get('x-content-type-options'), 'nosniff')
    t.equal(asset.headers.get('vary'), 'accept-encoding')
    const etag = `"another", W/${asset.headers.get('etag') ?? ''}`
    const again = await fetch(asset.url, {
      headers: { ...headers, 'if-none-match': etag, 'cache-control': 'max-age=0' },
    })
    t.equal(again.status, 304)
    const other = await fetch(asset.url, {
      headers: { ...headers, 'if-none-match': '"another"', 'cache-control': 'max-age=0' },
    })
    t.equal(other.status, 200)
  }
})

test('HEAD tells what GET would send', async (t) => {
  const { url } = await managing(t, { webDirectory: built(t) })
  const head = await fetch(`${url}/assets/index-a1b2c3.js`, {
    method: 'HEAD',
    headers: { 'accept-encoding': 'identity' },
  })
  t.equal(head.status, 200)
  t.equal(head.headers.get('content-length'), String(SCRIPT.length))
})

const ELSEWHERE = [
  '/index.htm',
  '/.hidden',
  '/assets',
  '/assets/',
  '/assets/nothing.js',
  '/secret.txt',
  '/../secret.txt',
  '/assets/../../secret.txt',
  '/assets/../.hidden',
  '/assets/%2e%2e/%2e%2e/secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/assets/..%5c..%5csecret.txt',
  '/assets/%252e%252e/secret.txt',
  '/assets/....//....//secret.txt',
  '/assets//../../secret.txt',
  '/assets/index-a1b2c3.js%00.html',
  '/assets/%c0%ae%c0%ae/secret.txt',
  '//etc/passwd',
  '/assets//etc/passwd',
  '/assets/%2fetc%2fpasswd',
]

test('Nothing else is served, however it is asked for', async (t) => {
  const { url } = await managing(t, { webDirectory: built(t) })
  for (const path of ELSEWHERE) {
    const client = await dial(t, Number(new URL(url).port))
    client.send(`GET ${path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)
    const { status, body } = await client.response()
    t.ok(status >= 400 && status < 500, `${path} ${status}`)
    t.notMatch(body.toString(), /secret$|root:/, path)
  }
})

test('Without pages, what is asked for at / says so', async (t) => {
  const { as } = await managing(t, { webDirectory: join(built(t), 'nowhere') })
  t.match(await as()('GET', '/'), { status: 404, body: { detail: /not built/ } })
})
