import { readFileSync } from 'node:fs'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import type { Browser } from 'playwright-core'
import type { Test } from 'tap'
import { recordPage } from '../support/browser.js'
import { signIn } from '../support/pages.js'

/** Where there is an application `player`. */
interface Stage {
  readonly origin: string
  readonly browser: Browser
}

const RULES = 'player/selectserver.xml'

/** Backups go out as archives and come in from them, and what is wrong with one is told. */
export async function importingBackups(t: Test, { origin, browser }: Stage): Promise<void> {
  const page = await (await browser.newContext()).newPage()
  await signIn(page, origin)
  const record = recordPage(page, origin)
  await page.goto(`${origin}/#/applications`)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download a backup for Redirector' }).click(),
  ])
  t.equal(download.suggestedFilename(), 'coreBackup.zip')
  const files = unzipSync(readFileSync(await download.path()))
  const load = async (archive: Uint8Array): Promise<void> => {
    const file = { name: 'backup.zip', mimeType: 'application/zip', buffer: Buffer.from(archive) }
    await page.getByLabel('Import a backup of Redirector').setInputFiles(file)
  }
  await load(zipSync(files))
  await page.getByText('Nothing is otherwise than it was').waitFor()

  const rules = strFromU8(files[RULES] ?? new Uint8Array())
  await load(zipSync({ ...files, [RULES]: strToU8(rules.replaceAll('old_boxes', 'older_boxes')) }))
  const proposed = page.getByRole('link', { name: 'change 1' })
  await proposed.waitFor()
  await load(strToU8('PK no archive'))
  await page.getByText('could be imported').waitFor()
  t.equal(await proposed.count(), 0, 'what is told is told of the last one')
  await load(zipSync({ ...files, [RULES]: strToU8(rules.slice(0, -30)) }))
  await page.getByText(`${RULES} cannot be read; it is left out`).waitFor()

  await load(zipSync({ ...files, [RULES]: strToU8(rules.replaceAll('old_boxes', 'eldest_boxes')) }))
  await proposed.click()
  await page.getByRole('heading', { level: 1, name: 'Imported from a backup' }).waitFor()
  await page.getByText('rule eldest_boxes').waitFor()
  const others = record.complaints.filter((text) => !text.includes('400'))
  t.same(others, [], 'the console tells of the archive that is none')
  await page.context().close()
}
