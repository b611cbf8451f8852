import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import type { Test } from 'tap'
import { EDITOR, operatorAt } from '../support/operator.js'
import { signIn } from '../support/pages.js'

/** Where there is an application `player`, and an editor of it. */
interface Stage {
  readonly origin: string
  readonly browser: Browser
}

/** Saved tests go out into a file and come in from one. */
export async function importingTests(t: Test, { origin, browser }: Stage): Promise<void> {
  const page = await (await browser.newContext()).newPage()
  await signIn(page, origin, EDITOR)
  await page.goto(`${origin}/#/applications/player/trial`)
  const load = async (path: string): Promise<void> => {
    const items = [{ name: 'Canary', parameters: { mac: '1' }, expected: { path } }]
    const buffer = Buffer.from(JSON.stringify({ items }))
    const file = { name: 'tests.json', mimeType: 'application/json', buffer }
    await page.getByLabel('File', { exact: true }).setInputFiles(file)
  }
  const take = page.getByRole('button', { name: 'Take 1 over' })
  await load('2.0')
  await page.getByText('new', { exact: true }).waitFor()
  await take.click()
  await page.getByRole('rowheader', { name: 'Canary' }).waitFor()
  await load('1.9')
  await page.getByText('another', { exact: true }).waitFor()
  const other = await operatorAt(origin, EDITOR)
  const path = 'applications/player/tests/Canary'
  const { etag } = await other.ask('GET', path)
  const theirs = { name: 'Canary', parameters: { mac: '2' }, expected: { path: '2.0' } }
  await other.ask('PUT', path, theirs, etag)
  await take.click()
  await page.getByText('somebody else changed them meanwhile: Canary').waitFor()
  await page.getByRole('cell', { name: 'mac=2' }).waitFor()
  await page.getByText('"mac": "2"').waitFor()
  t.match((await other.ask('GET', path)).body, theirs)
  await take.click()
  await page.getByRole('cell', { name: 'flavor, stack or url 1.9' }).waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export tests' }).click(),
  ])
  t.same(JSON.parse(readFileSync(await download.path(), 'utf8')), {
    items: [{ name: 'Canary', parameters: { mac: '1' }, expected: { path: '1.9' } }],
  })
  await page.context().close()
}
