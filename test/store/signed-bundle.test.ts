import { generateKeyPairSync } from 'node:crypto'
import { copyFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { test, type Test } from 'tap'
import { systemClock } from '../../src/runtime/system-clock.js'
import { BundleFolder } from '../../src/store/bundle-folder.js'
import type { StoreTransition } from '../../src/store/model-store.js'
import {
  bundleName,
  newerIn,
  readSignedBundle,
  signBundle,
  type ModelBundle,
} from '../../src/store/signed-bundle.js'
import { Changes } from '../support/changes.js'
import { hostsAt, listsOf, modelOf } from '../support/models.js'

function keys() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return { privateKey, publicKey }
}

const OURS = keys()

const BUNDLE: ModelBundle = {
  madeAtMs: Date.UTC(2026, 0, 1),
  applications: [
    {
      name: 'shop',
      stored: { version: 3, content: modelOf('1.0') },
      lists: listsOf('ä'),
      hosts: hostsAt('10.0.0.1'),
    },
  ],
}

const TEXT = signBundle(BUNDLE, OURS.privateKey)

test('A bundle is read as it was signed', (t) => {
  t.same(readSignedBundle(TEXT, OURS.publicKey), BUNDLE)
  t.equal(bundleName(BUNDLE), 'pointsman-2026-01-01T000000.000Z.bundle')
  t.end()
})

const { format, signature, payload } = JSON.parse(TEXT) as Readonly<Record<string, string>>
const [broken, foreign] = [
  'is no whole bundle',
  'is not as the owner of BUNDLE_PUBLIC_KEY has signed it',
]

const REFUSED: readonly (readonly [what: string, text: string, why: string])[] = [
  ['cut off', TEXT.slice(0, -9), broken],
  ['empty', '', broken],
  ['no object', '7', broken],
  ['without a signature', JSON.stringify({ format, payload }), broken],
  [
    'in another form',
    JSON.stringify({ format: 'x', signature, payload }),
    'is not in format pointsman-bundle-1',
  ],
  [
    'changed',
    JSON.stringify({ format, signature, payload: payload?.replace('1.0', '1.1') }),
    foreign,
  ],
  ['signed by somebody else', signBundle(BUNDLE, keys().privateKey), foreign],
  [
    'with half a signature',
    JSON.stringify({ format, signature: signature?.slice(0, 8), payload }),
    foreign,
  ],
]

test('What is damaged, or signed by somebody else, is refused with words', (t) => {
  for (const [what, text, message] of REFUSED)
    t.throws(
      () => readSignedBundle(text, OURS.publicKey),
      { code: 'BUNDLE_REFUSED', message },
      what,
    )
  t.end()
})

const AS_IT_IS = { version: 3, model: modelOf('1.0'), lists: listsOf('ä'), asOfMs: 0 }
const LATER = BUNDLE.madeAtMs + 1

const KNOWN = [
  ['nothing', undefined, true],
  ['an older version', { ...AS_IT_IS, version: 2, asOfMs: LATER }, true],
  ['a later version', { ...AS_IT_IS, version: 4 }, false],
  ['the same', AS_IT_IS, false],
  ['other lists before', { ...AS_IT_IS, lists: listsOf('b') }, true],
  ['other lists since', { ...AS_IT_IS, lists: listsOf('b'), asOfMs: LATER }, false],
] as const

test('A bundle is newer by its versions, and by its time where only lists differ', (t) => {
  for (const [what, known, isNewer] of KNOWN)
    t.equal(newerIn(BUNDLE, () => known).length > 0, isNewer, what)
  t.end()
})

/** Watches a folder for bundles until the test ends. */
function watchFolder(t: Test, directory: string) {
  const changes = new Changes()
  const found: string[] = []
  const reports: StoreTransition[] = []
  const over = new AbortController()
  const report = (transition: StoreTransition): void => {
    reports.push(transition)
    changes.notify()
  }
  const folder = new BundleFolder({
    directory,
    publicKey: OURS.publicKey,
    clock: systemClock,
    report,
  })
  const running = (async () => {
    for await (const { path } of folder.watch(over.signal)) {
      found.push(path)
      changes.notify()
    }
  })()
  t.teardown(() => {
    over.abort()
    return running
  })
  const until = (holds: () => boolean) =>
    changes.until(
      () => holds() || undefined,
      () => JSON.stringify({ found, reports }),
    )
  return { found, reports, until }
}

test('Bundles are found when they are put into a folder, and others are reported', async (t) => {
  const directory = t.testdir({ 'first.bundle': TEXT, 'other.json': TEXT, 'bad.bundle': '{' })
  const long = Date.now() / 1000 - 60
  for (const name of ['first.bundle', 'bad.bundle']) utimesSync(join(directory, name), long, long)
  const { found, reports, until } = watchFolder(t, directory)
  const path = (name: string) => join(directory, name)
  await until(() => found.length === 1 && reports.length === 1)
  t.same(found, [path('first.bundle')])
  const refused = { code: 'BUNDLE_REFUSED', message: `${path('bad.bundle')} is no whole bundle` }
  t.match(reports, [{ subject: path('bad.bundle'), error: refused }])
  writeFileSync(path('half.bundle'), TEXT.slice(0, 100))
  await wait(50)
  writeFileSync(path('half.bundle'), TEXT)
  await until(() => found.includes(path('half.bundle')))
  t.equal(reports.length, 1, 'what is still being written is no offence')
  copyFileSync(path('first.bundle'), path('bad.bundle'))
  await until(() => found.includes(path('bad.bundle')))
  t.match(reports[1], { subject: path('bad.bundle'), error: undefined })
})
