import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { eventually } from '../support/eventually.js'
import { EDITOR, operatorAt } from '../support/operator.js'
import { signIn } from '../support/pages.js'

/** Where there is an application `player`, and an editor of it. */
interface Stage {
  readonly origin: string
  readonly browser: Browser
}

const TITLE = 'Written in two windows'

async function shows(page: Page, label: string, value: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true })
  await eventually(`${label} is ${value}`, async () => (await field.inputValue()) === value)
}

/** Two windows of one browser edit the same application without a network; it is one draft, and one proposal. */
export async function sharingADraft(t: Test, { origin, browser }: Stage): Promise<void> {
  const context = await browser.newContext()
  const [one, other] = [await context.newPage(), await context.newPage()]
  await signIn(one, origin, EDITOR)
  await one.goto(`${origin}/#/applications/player/distribution`)
  await other.goto(`${origin}/#/applications/player/settings`)
  const [percent, deviation] = ['Percent', 'Most deviation, in percent'] as const
  await one.getByLabel(percent, { exact: true }).waitFor()
  await other.getByLabel(deviation).waitFor()
  await one.evaluate('navigator.serviceWorker.ready.then(() => true)')
  await context.setOffline(true)

  await one.getByLabel(percent, { exact: true }).fill('41')
  await other.getByText('1 change', { exact: true }).waitFor()
  await other.getByLabel(deviation).fill('61')
  await one.getByText('2 changes', { exact: true }).waitFor()
  await one.getByRole('button', { name: 'Undo' }).click()
  await shows(other, deviation, '')
  await other.getByRole('button', { name: 'Redo' }).click()
  await one.getByText('2 changes', { exact: true }).waitFor()
  // At the same moment, before either hears of the other.
  const write = (value: string): string => `{
    const [field] = [...document.querySelectorAll('label')]
      .filter((label) => ['${percent}', '${deviation}'].includes(label.textContent.trim()))
      .map((label) => document.getElementById(label.htmlFor))
    const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')
    set.call(field, '${value}')
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }`
  await Promise.all([one.evaluate(write('42')), other.evaluate(write('62'))])
  await other.goto(`${origin}/#/applications/player/distribution`)
  await shows(other, percent, '42')
  await one.goto(`${origin}/#/applications/player/settings`)
  await shows(one, deviation, '62')
  await one.reload()
  await shows(one, deviation, '62')

  await one.getByRole('button', { name: 'Review and propose' }).click()
  await one.getByLabel('Title').fill(TITLE)
  await one.getByRole('button', { name: 'Propose', exact: true }).click()
  await other.getByText('waits to be sent').waitFor()
  await context.setOffline(false)
  for (const page of [one, other])
    await page.getByRole('region', { name: 'Your changes' }).waitFor({ state: 'detached' })
  const editor = await operatorAt(origin, EDITOR)
  const { body } = await editor.ask<{ items: { id: string; title: string }[] }>(
    'GET',
    'changes?state=open',
  )
  const sent = body.items.filter(({ title }) => title === TITLE)
  t.equal(sent.length, 1, 'both send it, and it is there once')
  const change = await editor.ask<{ document: object }>('GET', `changes/${sent[0]?.id ?? ''}`)
  t.match(change.body.document, {
    distribution: [{ percent: 42 }],
    settings: { maximumDeviation: 62 },
  })
  await context.close()
}
