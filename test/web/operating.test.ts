import { hostname } from 'node:os'
import type { Browser, Locator, Page } from 'playwright-core'
import { test } from 'tap'
import { launchBrowser } from '../support/browser.js'
import { OPERATOR, signIn, startManaged } from '../support/pages.js'

const VIEWER = { name: 'vera', password: 'staple staple horse' } as const

function button(within: Page | Locator, name: string): Locator {
  return within.getByRole('button', { name, exact: true })
}

async function open(page: Page, address: string, heading: string): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/#/${address}`)
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
}

async function signedIn(browser: Browser, origin: string, operator = OPERATOR): Promise<Page> {
  const page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage()
  await signIn(page, origin, operator)
  return page
}

test('Operators work with the pages', async (t) => {
  const [{ origin, pointsman }, browser] = await Promise.all([startManaged(t), launchBrowser(t)])
  const page = await signedIn(browser, origin)

  await t.test(
    'A wrong password is told, and one tries again where one wanted to go',
    async (t) => {
      const stranger = await (await browser.newContext()).newPage()
      await stranger.goto(`${origin}/#/audit`)
      await stranger.getByLabel('User name').fill(OPERATOR.name)
      await stranger.getByLabel('Password').fill('wrong')
      await button(stranger, 'Sign in').click()
      await stranger.getByRole('alert').waitFor()
      await stranger.getByLabel('Password').fill(OPERATOR.password)
      await button(stranger, 'Sign in').click()
      await stranger.getByRole('heading', { level: 1, name: 'Audit log' }).waitFor()
      t.equal(await stranger.evaluate('location.hash'), '#/audit')
      await stranger.context().close()
    },
  )

  await t.test('Whom the provider of OpenID sends back is told why, and told once', async (t) => {
    const stranger = await (await browser.newContext()).newPage()
    await stranger.goto(`${origin}/?sign-in=refused#/audit`)
    await stranger.getByRole('alert').getByText('you may not sign in here').waitFor()
    t.equal(await stranger.evaluate('location.search + location.hash'), '#/audit')
    await stranger.reload()
    await stranger.getByLabel('User name').waitFor()
    t.equal(await stranger.getByRole('alert').count(), 0)
    await stranger.context().close()
  })

  await t.test('A target is taken out of service, and the way back is one press', async (t) => {
    await open(page, 'overview', 'Overview')
    const row = page.getByRole('region', { name: 'db' }).getByRole('row').nth(1)
    await row.getByRole('button').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Out of service').check()
    const text = await dialog.innerText()
    t.match(text, /No other target of db serves: its clients will get errors/)
    t.match(text, `Holds for process ${pointsman.pid} on ${hostname()} alone, with all its workers`)
    await button(dialog, 'Apply').click()
    await row.getByText('disabled', { exact: true }).waitFor()
    await page.getByText('Group db has no target that serves').waitFor()
    await page.getByRole('button', { name: /^Undo/ }).click()
    await row.getByText('unknown', { exact: true }).waitFor()
    const status: unknown = await page.evaluate("fetch('/api/status').then((r) => r.json())")
    t.notMatch(JSON.stringify(status), /"disabled"/)
  })

  await t.test('What is wrong with a field stands there, and nothing is saved', async (t) => {
    await open(page, 'users', 'Users')
    await button(page, 'Add user').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('User name').fill(VIEWER.name)
    const password = dialog.getByLabel('Password', { exact: true })
    await password.fill('short')
    await button(dialog, 'Add').click()
    await dialog.locator('[aria-invalid]').waitFor()
    t.equal(await password.getAttribute('aria-invalid'), 'true')
    await password.fill(VIEWER.password)
  })

  await t.test(
    'When the session ends what was typed stays, and goes on after the password',
    async (t) => {
      await page.context().clearCookies()
      await button(page.getByRole('dialog'), 'Add').click()
      const again = page.getByRole('dialog', { name: 'Your session has ended' })
      await again.getByLabel('Password').fill(OPERATOR.password)
      await button(again, 'Sign in').click()
      await page.getByRole('rowheader', { name: VIEWER.name }).waitFor()
      t.equal(await page.getByRole('dialog').count(), 0)
    },
  )

  await t.test('Viewers are offered what they may do', async (t) => {
    const viewer = await signedIn(browser, origin, VIEWER)
    const links = await viewer.getByRole('navigation', { name: 'Main' }).getByRole('link').all()
    const titles = await Promise.all(links.map((link) => link.innerText()))
    t.notOk(titles.includes('Users'))
    t.ok(titles.includes('Settings'))
    await viewer.getByRole('region', { name: 'web' }).waitFor()
    t.equal(await viewer.getByRole('button', { name: /^Change / }).count(), 0)
    await viewer.context().close()
  })

  await t.test('A token is shown once, works, and is revoked', async (t) => {
    await open(page, 'tokens', 'Tokens')
    await button(page, 'Make token').click()
    await page.getByLabel('What it is for').fill('deployments')
    await button(page.getByRole('dialog'), 'Make token').click()
    const secret = await page.getByLabel('Secret').inputValue()
    const ask = async (): Promise<number> => {
      const headers = { authorization: `Bearer ${secret}` }
      return (await fetch(`${origin}/api/users`, { headers })).status
    }
    t.equal(await ask(), 200)
    await button(page, 'I have it').click()
    t.notOk((await page.content()).includes(secret))
    await button(page, 'Revoke deployments').click()
    await button(page.getByRole('dialog'), 'Revoke').click()
    await page.getByText('No token yet').waitFor()
    t.equal(await ask(), 401)
  })

  await t.test('What one has begun is not done in the name of another who signs in', async (t) => {
    const shared = await signedIn(browser, origin)
    await open(shared, 'tokens', 'Tokens')
    await button(shared, 'Make token').click()
    await shared.getByLabel('What it is for').fill('not mine')
    await shared.context().clearCookies()
    await button(shared.getByRole('dialog'), 'Make token').click()
    const again = shared.getByRole('dialog', { name: 'Your session has ended' })
    await again.getByLabel('User name').fill(VIEWER.name)
    await again.getByLabel('Password').fill(VIEWER.password)
    await button(again, 'Sign in').click()
    await shared.getByRole('link', { name: VIEWER.name, exact: true }).waitFor()
    await shared.getByText('No token yet').waitFor()
    t.equal(await shared.getByRole('dialog').count(), 0)
    await shared.context().close()
  })

  await t.test('The audit log is filtered by who and what', async (t) => {
    await open(page, 'audit', 'Audit log')
    await page.getByLabel('What').fill('token-revoked')
    await page.getByLabel('Who').fill(OPERATOR.name)
    await page.keyboard.press('Enter')
    await page.waitForURL(/action=token-revoked/)
    await page.getByRole('cell', { name: 'token-revoked' }).waitFor()
    t.equal(await page.getByRole('cell', { name: 'sign-in', exact: true }).count(), 0)
  })

  await t.test('All of it is done with the keyboard', async (t) => {
    const focused = (): Promise<unknown> =>
      page.evaluate('document.activeElement.ariaLabel ?? document.activeElement.textContent')
    await open(page, 'users', 'Users')
    await page.reload()
    await button(page, 'Add user').waitFor()
    await page.keyboard.press('Tab')
    t.equal(await focused(), 'Skip to content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    t.equal(await focused(), 'Add user')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    t.equal(await focused(), 'Add user')
    await page.setViewportSize({ width: 360, height: 740 })
    await button(page, 'Menu').focus()
    await page.keyboard.press('Enter')
    const menu = page.getByRole('navigation', { name: 'Main' })
    await menu.getByRole('link', { name: 'Settings' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
    t.equal(await focused(), 'Settings', 'the new page has the focus')
    t.equal(await menu.isVisible(), false, 'the menu is out of the way')
  })

  await t.test('The colours that one chose stay', async (t) => {
    await page.getByLabel('Dark', { exact: true }).check()
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor()
    const scheme = await page.evaluate('getComputedStyle(document.documentElement).colorScheme')
    t.equal(scheme, 'dark')
  })

  await t.test(
    'When the service is gone the last word of it stays, and is called so',
    async (t) => {
      await open(page, 'overview', 'Overview')
      await page.getByRole('region', { name: 'web' }).waitFor()
      await pointsman.stop()
      await page.getByText('This is how it was').waitFor()
      t.ok(await page.getByText('Not live').isVisible())
    },
  )
})
