import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core'
import type { Test } from 'tap'

const LAUNCH = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Those of axe-core that look at colors, and that it runs unless told otherwise. */
const COLOR_RULES = ['color-contrast', 'link-in-text-block']

/** A Chromium with an empty profile of its own for each context; gone at teardown. */
export async function launchBrowser(t: Test): Promise<Browser> {
  const browser = await chromium.launch(LAUNCH)
  t.teardown(() => browser.close())
  return browser
}

/** A Chromium that keeps what pages store in a folder, so that it can be ended and started again; gone at teardown. */
export async function launchProfile(
  t: Test,
  folder: string,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(folder, { ...LAUNCH, ...options })
  t.teardown(() => context.close())
  return context
}

/** An empty folder for `launchProfile`; gone at teardown. */
export function profileFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-profile-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** What went wrong in a page, and what it asked of others, from now on. */
export interface PageRecord {
  /** Errors and warnings of the console, and what was thrown and not caught. */
  readonly complaints: string[]
  /** Addresses of other hosts that were asked for. */
  readonly foreign: string[]
}

/** Keeps a record of a page. @param origin all that it may ask */
export function recordPage(page: Page, origin: string): PageRecord {
  const record: PageRecord = { complaints: [], foreign: [] }
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      record.complaints.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => void record.complaints.push(`${page.url()}: ${error.message}`))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol !== 'data:' && url.origin !== origin) record.foreign.push(url.href)
  })
  return record
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly help: string
    readonly nodes: readonly { readonly html: string }[]
  }[]
}

/**
 * What axe-core finds wrong in a page as it is: the rule, and the elements that break it.
 * @param rules those of colors are enough where nothing else is otherwise than it was
 */
export async function accessibilityProblems(
  page: Page,
  rules: 'all' | 'colors' = 'all',
): Promise<readonly string[]> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(AXE)
  const options = rules === 'colors' ? { runOnly: COLOR_RULES } : {}
  const run = `axe.run(document, ${JSON.stringify(options)})`
  const { violations } = await page.evaluate<AxeResults>(run)
  return violations.map(({ id, help, nodes }) => {
    const elements = nodes.slice(0, 3).map(({ html }) => html.slice(0, 200))
    return `${id}: ${help}: ${elements.join(' | ')}`
  })
}

/** How a page may be looked at. */
export interface Look {
  readonly name: string
  readonly colorScheme: 'light' | 'dark'
  readonly width: number
}

/** Light and dark, on a telephone and on a desk. */
export const LOOKS: readonly Look[] = ([360, 1280] as const).flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({
    name: `${colorScheme}-${width}`,
    colorScheme,
    width,
  })),
)

const HEIGHT = 800

/** Gives the page this look, and waits until it has been painted. */
export async function lookAt(page: Page, { colorScheme, width }: Look): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.setViewportSize({ width, height: HEIGHT })
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))')
}

/** By how many pixels the page is wider than its window. */
export async function overflowPx(page: Page): Promise<number> {
  return Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))
}
