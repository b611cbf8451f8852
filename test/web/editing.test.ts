import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { test, type Test } from 'tap'
import { launchBrowser, launchProfile, profileFolder, recordPage } from '../support/browser.js'
import { eventually } from '../support/eventually.js'
import { addEditorAndApprover, APPROVER, change, EDITOR, operatorAt } from '../support/operator.js'
import { signIn, startManaged, type Managed } from '../support/pages.js'
import { importingBackups } from './importing-backups.js'
import { importingTests } from './importing-tests.js'
import { sharingADraft } from './sharing-a-draft.js'

/** Clients by their keys. */
const KEYS = Array.from({ length: 40 }, (_, index) => `account-${index}`)

interface Stage extends Managed {
  readonly browser: Browser
  /** `http://127.0.0.1:…` of the gateway. */
  readonly gateway: string
}

/** Which of some clients go to version 2.0. */
async function canaries({ gateway }: Stage): Promise<readonly string[]> {
  const sent = await Promise.all(
    KEYS.map(async (key) => {
      const url = `${gateway}/serviceDirect/player?serviceAccountId=${key}`
      const response = await fetch(url, { headers: { accept: 'application/json' } })
      return [key, await response.text()] as const
    }),
  )
  return sent.filter(([, text]) => /192\.0\.2\.2[12]/.test(text)).map(([key]) => key)
}

async function setUp(t: Test): Promise<Stage> {
  const [managed, browser] = await Promise.all([startManaged(t), launchBrowser(t)])
  const { pointsman, origin } = managed
  await pointsman.logged(({ action }) => action === 'user-created')
  await addEditorAndApprover(await operatorAt(origin))
  const { gateway } = await pointsman.logged(({ msg }) => msg === 'serving')
  return { ...managed, browser, gateway: `http://${String(gateway)}` }
}

async function setPercent(page: Page, percent: string): Promise<void> {
  await page.getByLabel('Percent', { exact: true }).fill(percent)
}

/** Proposes what is edited. */
async function propose(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: 'Review and propose' }).click()
  await page.getByLabel('Title').fill(title)
  await page.getByRole('button', { name: 'Propose', exact: true }).click()
}

/** Opens a change that waits, and approves it. */
async function approve(page: Page, origin: string, title: string): Promise<void> {
  await page.goto(`${origin}/#/changes`)
  await page.getByRole('link', { name: title }).click()
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  await page.getByText('applied', { exact: true }).waitFor()
}

async function proposing(t: Test, stage: Stage): Promise<void> {
  const { origin, browser } = stage
  const before = await canaries(stage)
  const [ed, pat] = await Promise.all(
    [EDITOR, APPROVER].map(async (operator) => {
      const page = await (await browser.newContext()).newPage()
      await signIn(page, origin, operator)
      return { page, record: recordPage(page, origin) }
    }),
  )
  if (!ed || !pat) throw new Error('nobody signed in')

  await ed.page.goto(`${origin}/#/applications/player/distribution`)
  await setPercent(ed.page, '60')
  await ed.page.getByText('40 % of the clients would move').waitFor()
  await ed.page.getByRole('button', { name: 'Review and propose' }).click()
  await ed.page.getByRole('tab', { name: 'Impact' }).click()
  await ed.page.getByText('20 % → 60 %').waitFor()
  await ed.page.getByText('would go elsewhere', { exact: false }).first().waitFor()
  await ed.page.getByLabel('Title').fill('More of 2.0')
  await ed.page.getByRole('button', { name: 'Propose', exact: true }).click()
  await ed.page.getByRole('heading', { level: 1, name: 'More of 2.0' }).waitFor()
  t.equal(await ed.page.getByRole('button', { name: 'Reject' }).count(), 1)

  await pat.page.goto(`${origin}/#/changes`)
  await pat.page.getByRole('link', { name: 'More of 2.0' }).click()
  await pat.page.getByText('"percent": 60').waitFor()
  await pat.page.getByRole('button', { name: 'Approve', exact: true }).click()
  await pat.page.getByText('applied', { exact: true }).waitFor()
  await eventually(
    'more clients go to 2.0',
    async () => (await canaries(stage)).length > before.length,
    1000,
  )
  const grown = await canaries(stage)
  t.ok(
    before.every((key) => grown.includes(key)),
    'everybody of the slice stays in it',
  )

  await ed.page.goto(`${origin}/#/applications/player/history`)
  await ed.page
    .getByRole('button', { name: /^Roll back to this/ })
    .first()
    .click()
  await ed.page.getByRole('button', { name: 'Propose the roll-back' }).click()
  await ed.page.getByRole('heading', { level: 1, name: /back/i }).waitFor()
  const title = await ed.page.getByRole('heading', { level: 1 }).innerText()
  await approve(pat.page, origin, title)
  await eventually(
    'as many as before go to 2.0',
    async () => (await canaries(stage)).length === before.length,
  )
  t.same(await canaries(stage), before)
  t.same([...ed.record.complaints, ...pat.record.complaints], [], 'the consoles are empty')
}

async function looking(t: Test, stage: Stage): Promise<void> {
  const { origin, browser } = stage
  const page = await (await browser.newContext()).newPage()
  await signIn(page, origin, APPROVER)
  await page.goto(`${origin}/#/applications/player/distribution`)
  const percent = page.getByLabel('Percent', { exact: true })
  t.equal(await percent.inputValue(), '20')
  t.ok(await percent.isDisabled())
  t.equal(await page.getByRole('button', { name: 'New slice' }).count(), 0)
  const canary = page.getByRole('list', { name: 'Slices' })
  await canary.getByText('Adjust some hosts of 2.0').click()
  await canary.getByLabel('Weight now').fill('10')
  await canary.getByLabel('Adjusted').selectOption('To which weight')
  await canary.getByLabel('Weight', { exact: true }).fill('14')
  await canary.getByText('weight 14: 1,167 connections, 1,167 each').waitFor()
  await canary.getByText('+40 %').waitFor()
}

/** Chromium tells of each request that fails; what counts is that nothing else goes wrong. */
function otherThanOutages(complaints: readonly string[]): readonly string[] {
  return complaints.filter(
    (text) => !/ERR_INTERNET_DISCONNECTED|Failed to load resource/.test(text),
  )
}

async function losingTheNetwork(t: Test, stage: Stage): Promise<void> {
  const { origin } = stage
  const others = await Promise.all([operatorAt(origin, EDITOR), operatorAt(origin, APPROVER)])
  const folder = profileFolder(t)
  const first = await launchProfile(t, folder)
  const page = await first.newPage()
  await signIn(page, origin, EDITOR)
  await page.goto(`${origin}/#/applications/player/distribution`)
  await page.getByLabel('Percent', { exact: true }).waitFor()
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  await first.setOffline(true)
  await setPercent(page, '35')
  await page.getByRole('button', { name: 'Review and propose' }).click()
  await page.getByRole('tab', { name: 'Impact' }).click()
  await page.getByText('known last').waitFor()
  const moved = await page.getByText('would go elsewhere', { exact: false }).first().innerText()
  t.match(moved, /^[1-9]\d* of \d{3,} .*would go elsewhere/)
  await page.getByRole('button', { name: 'Go on editing' }).click()
  await propose(page, 'Written on a train')
  await page.getByText('waits to be sent').waitFor()
  await first.close()

  await change(others, (document) => ({ ...document, settings: { minimumHosts: 3 } }))

  const second = await launchProfile(t, folder, { offline: true })
  const later = await second.newPage()
  const record = recordPage(later, origin)
  await later.goto(`${origin}/#/applications/player/distribution`)
  await later.getByText('Offline.').waitFor()
  t.equal(await later.getByLabel('Percent', { exact: true }).inputValue(), '35')
  await later.goto(`${origin}/#/applications/player/trial`)
  await later.getByRole('button', { name: /^Make tests/ }).click()
  await later.getByText(/^\d+ of \d+ passed$/).waitFor()
  await second.setOffline(false)
  // The cookie of a session ends with the browser; one signs in where one is.
  await later.getByRole('heading', { name: 'Your session has ended' }).waitFor()
  await later.getByLabel('Password').fill(EDITOR.password)
  await later.getByRole('button', { name: 'Sign in', exact: true }).click()
  await later.getByText('Sent, now that the service is back').waitFor()
  const [editor] = others
  const { body } = await editor.ask<{ items: { id: string; title: string }[] }>(
    'GET',
    'changes?state=open',
  )
  t.same(
    body.items.map(({ title }) => title),
    ['Written on a train'],
  )
  const sent = await editor.ask<{ document: object }>('GET', `changes/${body.items[0]?.id ?? ''}`)
  t.match(sent.body.document, {
    distribution: [{ percent: 35 }],
    settings: { minimumHosts: 3 },
  })
  t.same(otherThanOutages(record.complaints), [])
}

async function conflicting(t: Test, stage: Stage): Promise<void> {
  const { origin, browser } = stage
  const others = await Promise.all([operatorAt(origin, EDITOR), operatorAt(origin, APPROVER)])
  const page = await (await browser.newContext()).newPage()
  await signIn(page, origin, EDITOR)
  await page.goto(`${origin}/#/applications/player/distribution`)
  await setPercent(page, '35')
  await page.getByText('not proposed yet').waitFor()
  await change(others, (document) => ({
    ...document,
    distribution: [{ id: 1, percent: 50, server: { name: 'canary', path: '2.0' } }],
    settings: { minimumHosts: 3 },
  }))
  await page.getByRole('button', { name: 'Decide 1 conflict' }).click()
  await page.getByText('"percent": 50').waitFor()
  await page.getByRole('button', { name: 'Take theirs: slice 1' }).click()
  await page.getByText('Everything is decided.').waitFor()
  await page.getByRole('button', { name: 'Close' }).click()
  t.equal(await page.getByLabel('Percent', { exact: true }).inputValue(), '50')
  await page.getByRole('button', { name: 'Undo' }).click()
  t.equal(await page.getByLabel('Percent', { exact: true }).inputValue(), '35')
}

async function losingAnAnswer(t: Test, stage: Stage): Promise<void> {
  const { origin, browser } = stage
  const page = await (await browser.newContext({ serviceWorkers: 'block' })).newPage()
  await signIn(page, origin, EDITOR)
  await page.goto(`${origin}/#/applications/player/distribution`)
  let isDown = false
  await page.route('**/api/**', async (route) => {
    if (!isDown && route.request().method() === 'POST') {
      isDown = true
      await route.fetch()
    }
    if (isDown) await route.abort()
    else await route.continue()
  })
  await setPercent(page, '44')
  await propose(page, 'On a bad line')
  await page.getByText('waits to be sent').waitFor()
  await setPercent(page, '45')
  await page.unroute('**/api/**')
  await page.getByText('Sent, now that the service is back').waitFor()
  const editor = await operatorAt(origin, EDITOR)
  const { body } = await editor.ask<{ items: { id: string; title: string }[] }>(
    'GET',
    'changes?application=player&state=open',
  )
  const sent = body.items.filter(({ title }) => title === 'On a bad line')
  t.equal(sent.length, 1)
  const { body: change } = await editor.ask<object>('GET', `changes/${sent[0]?.id ?? ''}`)
  t.match(change, { revision: 2, document: { distribution: [{ percent: 45 }] } })
  await page.context().close()
}

async function lookingAfterStacks(t: Test, stage: Stage): Promise<void> {
  const { origin, browser, pointsman, folder } = stage
  const file = join(folder, 'hosts', 'player.json')
  const stacks = (): readonly { readonly path: string }[] =>
    JSON.parse(readFileSync(file, 'utf8')) as readonly { readonly path: string }[]
  const hosts = stacks()
  writeFileSync(file, JSON.stringify([...hosts, { path: '/DC3/Z1/0.9', hosts: [] }]))
  const page = await (await browser.newContext()).newPage()
  await signIn(page, origin, EDITOR)
  const record = recordPage(page, origin)
  await page.goto(`${origin}/#/applications/player/stacks`)
  await page.getByRole('button', { name: 'Reload hosts' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reload', exact: true }).click()
  await page.getByText('Gateways were told to reload the hosts of player').waitFor()
  await pointsman.logged(({ action }) => action === 'hosts-reloaded')

  const path = '/DC1/Z1/2.0'
  const text = `<b>moves</b> to DC2 on Friday`
  await page.getByRole('button', { name: `Comment on ${path}` }).click()
  await page.getByLabel(`Comment on ${path}`).fill(text)
  // What others write meanwhile is not lost.
  const other = await operatorAt(origin, EDITOR)
  const address = 'applications/player/comments'
  const comments = { [path]: 'theirs', '/DC9/Z9/0.9': 'gone since May' }
  await other.ask('PUT', address, { comments }, (await other.ask('GET', address)).etag)
  await page.getByRole('button', { name: 'Save comment' }).click()
  await page.getByText('Somebody else has written meanwhile: “theirs”').waitFor()
  await page.getByRole('heading', { name: '/DC9/Z9' }).waitFor()
  await page.getByRole('button', { name: 'Save comment' }).click()
  await page.getByText(text, { exact: true }).waitFor()
  t.same((await other.ask('GET', address)).body, { comments: { ...comments, [path]: text } })
  await page.getByRole('button', { name: 'Edit comment on /DC9/Z9/0.9' }).click()
  await page.getByLabel('Comment on /DC9/Z9/0.9').fill('')
  await page.getByRole('button', { name: 'Save comment' }).click()
  await page.getByRole('heading', { name: '/DC9/Z9' }).waitFor({ state: 'detached' })

  // What has no hosts can be removed, what has some cannot.
  await t.rejects(other.ask('DELETE', 'applications/player/stacks/DC1/Z1/2.0'), /409/)
  await page.getByRole('button', { name: 'Remove /DC3/Z1/0.9' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByText('/DC3/Z1/0.9 was removed').waitFor()
  await page.getByRole('heading', { name: '/DC3/Z1' }).waitFor({ state: 'detached' })
  await page.reload()
  await page.getByRole('heading', { name: '/DC1/Z1' }).waitFor()
  t.equal(await page.getByRole('heading', { name: '/DC3/Z1' }).count(), 0)
  t.same(
    stacks().map(({ path }) => path),
    hosts.map(({ path }) => path),
  )
  t.equal(await page.getByRole('button', { name: /^Remove/ }).count(), 0)
  t.same((await other.ask('GET', address)).body, { comments: { [path]: text } })
  t.same(record.complaints, [], 'the console is empty')
}

async function signingOut(t: Test, stage: Stage): Promise<void> {
  const { origin, browser } = stage
  const page = await (await browser.newContext()).newPage()
  await signIn(page, origin, EDITOR)
  await page.goto(`${origin}/#/applications/player/distribution`)
  await setPercent(page, '35')
  await page.getByText('not proposed yet').waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  t.equal(await page.getByLabel('Percent', { exact: true }).inputValue(), '35')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign out and give them up' }).click()
  await page.getByLabel('User name').waitFor()
  await page.goto(`${origin}/`)
  await signIn(page, origin, EDITOR)
  await page.goto(`${origin}/#/applications/player/distribution`)
  await page.getByLabel('Percent', { exact: true }).waitFor()
  t.equal(await page.getByLabel('Percent', { exact: true }).inputValue(), '20')
  t.equal(await page.getByText('not proposed yet').count(), 0)

  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByText('No connection').waitFor()
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByLabel('User name').waitFor()
  await page.reload()
  await page.getByLabel('User name').waitFor()
}

test('Models are edited, proposed, approved and rolled back in the pages, with a network and without', async (t) => {
  const stage = await setUp(t)
  await t.test('Who may not edit sees everything, and can change nothing', (inner) =>
    looking(inner, stage),
  )
  await t.test(
    'One proposes another distribution, somebody else approves it, gateways follow, and it is rolled back',
    (inner) => proposing(inner, stage),
  )
  await t.test('Saved tests go out into a file and come in from one', (inner) =>
    importingTests(inner, stage),
  )
  await t.test('Hosts are reloaded and stacks are commented on in their page', (inner) =>
    lookingAfterStacks(inner, stage),
  )
  await t.test(
    'Signing out removes what is kept in the browser, and asks before edits are lost',
    (inner) => signingOut(inner, stage),
  )
  await t.test(
    'Edits outlive the network and the browser, and are merged and sent when the service is back',
    (inner) => losingTheNetwork(inner, stage),
  )
  await t.test(
    'What two have changed at the same time is shown to the second one, who decides',
    (inner) => conflicting(inner, stage),
  )
  await t.test(
    'What was proposed although its answer was lost is amended, not proposed again',
    (inner) => losingAnAnswer(inner, stage),
  )
  await t.test(
    'Backups go out as archives and come in, and what is wrong with one is told',
    (inner) => importingBackups(inner, stage),
  )
  await t.test('Two windows without a network edit one draft, of which nothing is lost', (inner) =>
    sharingADraft(inner, stage),
  )
})
