import { test } from 'tap'
import { ROLES } from '../../../src/core/credentials.js'
import { includesRole } from '../../../src/manage/accounts/grants.js'
import type { Grant, RoleName } from '../../../src/manage/api/accounts.js'
import type { Access } from '../../../src/manage/http/access.js'
import { managing } from '../../support/managing.js'

interface Operation {
  readonly 'x-access'?: Access
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Person {
  readonly role: RoleName | undefined
  /** Whether they hold it on everything. */
  readonly isEverywhere: boolean
}

/** Everybody who can be told apart by what they may do. */
const PERSONS = new Map<string, Person>([
  ['nobody', { role: undefined, isEverywhere: false }],
  ...ROLES.map((role): [string, Person] => [role, { role, isEverywhere: true }]),
  ['administrator-of-one', { role: 'administrator', isEverywhere: false }],
])

function grantsOf({ role, isEverywhere }: Person): readonly Grant[] {
  return role ? [{ role, on: isEverywhere ? '*' : 'application:one' }] : []
}

/** Whether somebody passes; undefined where it depends on what they ask for. */
function mayPass(access: Access, { role, isEverywhere }: Person): boolean | undefined {
  if (typeof access === 'string') return true
  if (!role || !includesRole(role, access.role)) return false
  return isEverywhere || (access.on === 'everything' ? false : undefined)
}

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete'])

test('Each route is closed to everybody who does not hold its role, and open to those who do', async (t) => {
  const people = Object.fromEntries([...PERSONS].map(([name, each]) => [name, grantsOf(each)]))
  const { url, as, headersOf } = await managing(t, { people })
  // The description is that of the routes, made of the very schemas that they have.
  const { paths } = (await as('nobody')('GET', '/api/openapi.json')).body as OpenApi
  const operations = Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod)
      .filter(([method]) => METHODS.has(method))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  t.ok(operations.length >= 15, `${operations.length} operations`)
  // Signing out ends what the others need.
  const isLast = ({ method, path }: { method: string; path: string }): boolean =>
    method === 'DELETE' && path === '/api/session'
  operations.sort((a, b) => Number(isLast(a)) - Number(isLast(b)))
  const outcomes = []
  for (const { method, path, operation } of operations) {
    const { 'x-access': access } = operation
    if (!access) {
      t.fail(`${method} ${path} does not say who may use it`)
      continue
    }
    const address = path.replace(/\{\w+\}/g, '0')
    const ask = async (name: string | undefined): Promise<number> => {
      const ended = new AbortController()
      const response = await fetch(url + address, {
        method,
        headers: headersOf(name),
        redirect: 'manual',
        signal: ended.signal,
      })
      // Some answers have no end.
      ended.abort()
      return response.status
    }
    const stranger = await ask(undefined)
    if ((stranger === 401) === (access === 'public'))
      outcomes.push(`${method} ${path} answers somebody unknown with ${stranger}`)
    for (const [name, person] of PERSONS) {
      const status = await ask(name)
      const passes = mayPass(access, person)
      const isRefused = status === 401 || status === 403
      const isWrong = passes === undefined ? status === 401 : passes === isRefused
      if (isWrong) outcomes.push(`${method} ${path} answers ${name} with ${status}`)
    }
  }
  t.same(outcomes, [])
})
