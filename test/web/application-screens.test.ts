import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
import {
  addEditorAndApprover,
  APPROVER,
  change,
  EDITOR,
  operatorAt,
  type Operator,
} from '../support/operator.js'
import { signIn, startManaged } from '../support/pages.js'

const SHOTS = join(tmpdir(), 'pointsman-screens')

/** What would run, or leave its place, if any page took it for markup. */
const HOSTILE = `"'><img src=x onerror="document.title='taken'"><script>document.title='taken'</script>\${1}{{2}}`

const HOSTILE_SERVER = {
  name: HOSTILE,
  description: HOSTILE,
  path: '2.0',
  query: { [HOSTILE]: HOSTILE },
}

/** A model that has the text wherever it may have any. */
function hostile(document: Record<string, unknown>): unknown {
  return {
    ...document,
    rules: [
      {
        id: 'Hostile',
        template: 'Shared',
        conditions: [
          { kind: 'equals', parameter: HOSTILE, value: HOSTILE },
          {
            kind: 'or',
            of: [
              { kind: 'contains', parameter: HOSTILE, values: [HOSTILE], lists: ['beta'] },
              { kind: 'matches', parameter: HOSTILE, pattern: '<img src=x onerror=.*>' },
            ],
          },
        ],
        then: { server: HOSTILE_SERVER },
      },
    ],
    templates: [
      { id: 'Shared', conditions: [{ kind: 'notEqual', parameter: 'x', value: HOSTILE }] },
    ],
    distribution: [{ id: 1, percent: 20, server: HOSTILE_SERVER }],
    defaultServer: { ...HOSTILE_SERVER, path: '1.9' },
  }
}

/** Puts the text wherever somebody may write one, and gives the id of a change that waits. */
async function writeHostile(editor: Operator, approver: Operator): Promise<string> {
  await change([editor, approver], hostile)
  const test = { name: HOSTILE, parameters: { [HOSTILE]: HOSTILE }, expected: { path: HOSTILE } }
  const comments = { '/DC1/Z1/2.0': HOSTILE, '/DC9/Z9/<b>': HOSTILE }
  await editor.ask('PUT', 'applications/player/comments', { comments }, '"0"')
  const path = `applications/player/tests/${encodeURIComponent(HOSTILE)}`
  await editor.ask('PUT', path, test)
  const lists = await editor.ask<{ version: number }>('GET', 'lists')
  const proposal = {
    subject: { kind: 'lists' },
    title: HOSTILE,
    description: HOSTILE,
    baseVersion: lists.body.version,
    document: { beta: { name: 'beta', description: HOSTILE, values: [HOSTILE] } },
  }
  const { body } = await editor.ask<{ id: string }>('POST', 'changes', proposal)
  await approver.ask('POST', `changes/${body.id}/comments`, { text: HOSTILE })
  const seen = await approver.ask('GET', `changes/${body.id}`)
  await approver.ask('POST', `changes/${body.id}/approval`, { comment: HOSTILE }, seen.etag)
  const { body: model } = await editor.ask<{ version: number; document: object }>(
    'GET',
    'applications/player',
  )
  const open = await editor.ask<{ id: string }>('POST', 'changes', {
    subject: { kind: 'application', name: 'player' },
    title: HOSTILE,
    description: HOSTILE,
    baseVersion: model.version,
    document: { ...model.document, settings: { minimumHosts: 1, maximumDeviation: 50 } },
  })
  await approver.ask('POST', `changes/${open.body.id}/comments`, { text: HOSTILE })
  return open.body.id
}

/** The screens: their addresses, and a text that is there once they are whole. */
const SCREENS: readonly (readonly [address: string, text: string])[] = [
  ['applications', 'player'],
  ['applications/player/summary', 'Everybody else'],
  ['applications/player/rules', 'Hostile'],
  ['applications/player/rule?id=Hostile', 'In words'],
  ['applications/player/url-rules', 'web_players'],
  ['applications/player/url-rule?id=web_players', 'In words'],
  ['applications/player/templates', 'Shared'],
  ['applications/player/distribution', 'Everybody else'],
  ['applications/player/stacks', 'onerror'],
  ['applications/player/changes', 'onerror'],
  ['applications/player/trial', 'Saved tests'],
  ['applications/player/history', 'Version 1'],
  ['applications/player/settings', 'Approval'],
  ['applications/player/transfer', 'Import'],
  ['lists', 'beta'],
  ['lists/beta', 'onerror'],
  ['list-changes', 'State'],
  ['list-history', 'Version 1'],
  ['changes', 'onerror'],
]

async function examine(t: Test, page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true })
  // What is folded is looked at, too.
  await page.evaluate(
    'document.querySelectorAll("details").forEach((each) => { each.open = true })',
  )
  for (const look of LOOKS) {
    await lookAt(page, look)
    t.equal(await overflowPx(page), 0, `${name} ${look.name} fits its window`)
    // Of each width the light look comes first, and the dark one has other colors alone.
    const rules = look.colorScheme === 'light' ? 'all' : 'colors'
    t.same(await accessibilityProblems(page, rules), [], `${name} ${look.name} is accessible`)
    await page.screenshot({ path: join(SHOTS, `${name}-${look.name}.png`) })
  }
}

test('Every screen of applications fits, is accessible, and shows what people wrote as text', async (t) => {
  const [{ origin, pointsman }, browser] = await Promise.all([startManaged(t), launchBrowser(t)])
  await pointsman.logged(({ action }) => action === 'user-created')
  await addEditorAndApprover(await operatorAt(origin))
  const operators = await Promise.all([operatorAt(origin, EDITOR), operatorAt(origin, APPROVER)])
  const change = await writeHostile(...operators)
  const page = await browser.newPage()
  await signIn(page, origin, EDITOR)
  const record = recordPage(page, origin)
  const screens = [...SCREENS, [`changes/${change}`, 'maximumDeviation'] as const]
  for (const [address, text] of screens) {
    await page.goto(`${origin}/#/${address}`)
    await page.getByRole('main').getByText(text).first().waitFor()
    await examine(t, page, address.replaceAll(/[^a-z]+/gi, '-'))
    t.not(await page.title(), 'taken')
  }
  await page.goto(`${origin}/#/applications/player/rule?id=Hostile`)
  const pattern = page.getByLabel('Pattern').first()
  for (const [wrong, why] of [
    ['(box', 'this is not a regular expression'],
    ['(a{99}){999}', 'the pattern repeats or nests too much'],
  ] as const) {
    await pattern.fill(wrong)
    await page.getByText(why).waitFor()
    t.equal(await pattern.getAttribute('aria-invalid'), 'true')
    await page.getByText('1 problem', { exact: true }).waitFor()
  }
  t.equal(await page.locator('main img, main script').count(), 0)
  t.same(record.complaints, [], 'the console is empty')
  t.same(record.foreign, [], 'nobody else was asked')
  t.comment(`screenshots are in ${SHOTS}`)
})
