import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { test, type Test } from 'tap'
import {
  accessibilityProblems,
  launchBrowser,
  lookAt,
  LOOKS,
  overflowPx,
  recordPage,
} from '../support/browser.js'
import { signIn, startManaged } from '../support/pages.js'
import { mainThreadMs } from '../support/trace.js'

const SHOTS = join(tmpdir(), 'pointsman-screens')
const MOST_BYTES = 200_000

/** Every screen: its address, its heading, and a text that is there once it is whole. */
const SCREENS: readonly (readonly [address: string, heading: string, text: string])[] = [
  ['overview', 'Overview', 'Hosts file'],
  ['gateways', 'Gateways', 'player'],
  ['users', 'Users', 'everything'],
  ['audit', 'Audit log', 'sign-in'],
  ['tokens', 'Tokens', 'No token yet'],
  ['settings', 'Settings', 'OpenAPI document'],
  ['applications', 'Applications', 'Backups'],
  ['nowhere', 'Nothing here', 'no page at this address'],
]

async function examine(t: Test, page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true })
  for (const look of LOOKS) {
    await lookAt(page, look)
    t.equal(await overflowPx(page), 0, `${name} ${look.name} fits its window`)
    t.same(await accessibilityProblems(page), [], `${name} ${look.name} is accessible`)
    await page.screenshot({ path: join(SHOTS, `${name}-${look.name}.png`) })
  }
}

function linksOf(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(
    "[...document.querySelectorAll('a[href^=\"#/\"]')].map((link) => link.getAttribute('href'))",
  )
}

async function followLinks(t: Test, page: Page, links: ReadonlySet<string>): Promise<void> {
  for (const link of links) {
    await page.evaluate(`new Promise((done) => {
      const painted = () => requestAnimationFrame(() => setTimeout(done))
      addEventListener('hashchange', painted, { once: true })
      location.hash = ${JSON.stringify(link)}
    })`)
    const isNowhere = await page.getByRole('heading', { name: 'Nothing here' }).isVisible()
    t.notOk(isNowhere, `${link} leads somewhere`)
  }
}

async function visitEveryScreen(t: Test, page: Page, origin: string): Promise<void> {
  const record = recordPage(page, origin)
  await page.goto(origin)
  await page.getByLabel('User name').waitFor()
  await examine(t, page, 'sign-in')
  await signIn(page, origin)
  const links = new Set<string>()
  for (const [address, heading, text] of SCREENS) {
    await page.goto(`${origin}/#/${address}`)
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await page.getByRole('main').getByText(text).first().waitFor()
    await page.waitForFunction(`document.title === '${heading} · Pointsman'`)
    await examine(t, page, address)
    for (const link of await linksOf(page)) links.add(link)
  }
  await followLinks(t, page, links)
  t.same(record.complaints, [], 'the console is empty')
  t.same(record.foreign, [], 'nobody else was asked')
  t.comment(`screenshots are in ${SHOTS}`)
}

async function measureFirstLoad(t: Test, page: Page, origin: string): Promise<void> {
  const sizes: number[] = []
  const bodies: Promise<void>[] = []
  page.on('response', (response) => {
    if (response.url().includes('/api/')) return
    bodies.push(response.body().then((body) => void sizes.push(gzipSync(body).length)))
  })
  await signIn(page, origin)
  await page.getByText('Groups and targets').waitFor()
  await Promise.all(bodies)
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  t.ok(sizes.length >= 4, 'page, script, styles, screen')
  t.ok(bytes < MOST_BYTES, `${bytes} bytes compressed`)
  const paint = await page.evaluate<number>(
    "performance.getEntriesByName('first-contentful-paint')[0].startTime",
  )
  t.comment(`${bytes} bytes compressed; first paint after ${Math.round(paint)} ms`)
}

test('Pages for operators', async (t) => {
  const [{ origin, pointsman }, browser] = await Promise.all([startManaged(t), launchBrowser(t)])
  await Promise.all(Array.from({ length: 50 }, () => fetch(pointsman.url).then((r) => r.text())))

  await t.test('The first load is small', async (t) => {
    const page = await browser.newPage()
    await browser.startTracing(page)
    await measureFirstLoad(t, page, origin)
    const busyMs = mainThreadMs(await browser.stopTracing())
    t.comment(`${Math.round(busyMs)} ms of the main thread until the overview stood`)
    await page.close()
  })

  await t.test('Every screen fits every window, is accessible, and asks nobody else', async (t) => {
    await visitEveryScreen(t, await browser.newPage(), origin)
  })
})
