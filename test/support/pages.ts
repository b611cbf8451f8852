import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { startPointsman, type Pointsman } from './pointsman.js'
import { startTargetProcess } from './target-process.js'

const EXAMPLE = 'examples/gateway/models'

/** Somebody who signs in. */
export interface Operator {
  readonly name: string
  readonly password: string
}

/** The first administrator. */
export const OPERATOR: Operator = { name: 'ann', password: 'correct horse battery' }

/** A Pointsman with something of everything that pages show, and the address of its pages. */
export interface Managed {
  readonly pointsman: Pointsman
  /** Without a slash at its end. */
  readonly origin: string
  /** Where the store is. */
  readonly folder: string
}

/**
 * Starts the built app with a proxy of two groups, of which one target is not there, the gateway with the model of the
 * examples, and a name in a hosts file; its store is a folder that goes at teardown.
 */
export async function startManaged(t: Test): Promise<Managed> {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-pages-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(EXAMPLE, folder, { recursive: true })
  const hosts = join(folder, 'hosts.txt')
  writeFileSync(hosts, '127.0.0.1 localhost\n')
  const [a, b] = [await startTargetProcess(t), await startTargetProcess(t)]
  const pointsman = await startPointsman(t, {
    GATEWAY_HOST: '127.0.0.1',
    GATEWAY_PORT: '0',
    MODEL_STORE: `file:${folder}`,
    LKG_DIR: join(folder, 'lkg'),
    MANAGEMENT_BOOTSTRAP_USER: OPERATOR.name,
    MANAGEMENT_BOOTSTRAP_PASSWORD: OPERATOR.password,
    TARGET_GROUP_1_NAME: 'web',
    TARGET_GROUP_1_TARGETS: `${a.address};weight=3, ${b.address}, 127.0.0.1:9`,
    TARGET_GROUP_1_ALGORITHM: 'WEIGHTED',
    TARGET_GROUP_1_HEALTH_CHECK: 'tcp',
    TARGET_GROUP_1_HEALTH_INTERVAL: '500',
    TARGET_GROUP_2_NAME: 'db',
    TARGET_GROUP_2_TARGETS: b.address,
    LISTENER_RULE_1_PATH_PREFIX: '/',
    LISTENER_RULE_1_TARGET_GROUP: 'web',
    HOSTS_FILE: hosts,
    HOSTS_ENTRY_1_HOSTNAME: 'web.internal',
    HOSTS_ENTRY_1_TARGET_GROUP: 'web',
  })
  return { pointsman, folder, origin: `http://127.0.0.1:${pointsman.managementPort}` }
}

/** Opens the pages, and signs in. */
export async function signIn(page: Page, origin: string, operator = OPERATOR): Promise<void> {
  await page.goto(`${origin}/`)
  await page.getByLabel('User name').fill(operator.name)
  await page.getByLabel('Password').fill(operator.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
}
