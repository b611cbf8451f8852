import { strToU8, unzipSync, zipSync, type Zippable } from 'fflate'
import { test } from 'tap'
import { changeIn, changeWorld, documentWith, ruleNamed } from '../support/change-world.js'

const LISTS = { kind: 'lists' }
const BETA = documentWith({
  rules: [ruleNamed('beta')],
  settings: { evaluationOrder: 'cost', missingMatches: false },
})

async function backupWorld(t: Parameters<typeof changeWorld>[0]) {
  const world = await changeWorld(t)
  const { as, propose, decide, url, headersOf } = world
  await decide(as('bob'), await propose(as('ann'), BETA), 'approval')
  const lists = await propose(
    as('ann'),
    { lab: { values: ['a', 'b'] } },
    { subject: LISTS, baseVersion: null },
  )
  await decide(as('bob'), lists, 'approval')
  const upload = async (archive: Uint8Array, name = 'ann') => {
    const headers = { ...headersOf(name), 'content-type': 'application/zip' }
    const body = Buffer.from(archive)
    const response = await fetch(`${url}/api/backup`, { method: 'POST', headers, body })
    return { status: response.status, body: await response.json() }
  }
  const download = async (name = 'viewer'): Promise<Response> =>
    fetch(`${url}/api/backup`, { headers: headersOf(name) })
  return { ...world, upload, download }
}

test('What is downloaded can be uploaded: what changed becomes change sets', async (t) => {
  const { as, propose, decide, upload, download } = await backupWorld(t)
  const response = await download()
  t.equal(response.headers.get('content-type'), 'application/zip')
  const archive = new Uint8Array(await response.arrayBuffer())
  const files = unzipSync(archive)
  t.same(Object.keys(files).sort(), [
    'applications.json',
    'namespacedlists-backup.json',
    'namespacedlists.json',
    'shop/manualbackup.json',
    'shop/modelmetadata.json',
    'shop/selectserver.xml',
    'shop/urlrules.xml',
    'shop/whitelist.xml',
    'stacks.json',
  ])
  t.match(await upload(archive), { status: 200, body: { changes: [] } })
  const other = { ...BETA, rules: [ruleNamed('gamma')] }
  await decide(as('bob'), await propose(as('ann'), other, { baseVersion: 1 }), 'approval')
  const lists = await propose(as('ann'), { lab: { values: ['c'] } }, { subject: LISTS })
  await decide(as('bob'), lists, 'approval')
  const { body } = await upload(archive)
  const { changes } = body as { changes: readonly string[] }
  t.equal(changes.length, 2)
  const views = await Promise.all(changes.map((id) => as('bob')('GET', `/api/changes/${id}`)))
  t.match(views.map(changeIn), [
    { subject: LISTS, authors: ['ann'], diff: [{ what: 'list lab' }] },
    { subject: { name: 'shop' }, diff: [{ what: 'rule gamma' }, { what: 'rule beta' }] },
  ])
})

test('A folder of a gateway in an archive may stand in another folder; a new application is one', async (t) => {
  const { upload, download, as } = await backupWorld(t)
  const files = unzipSync(new Uint8Array(await (await download()).arrayBuffer()))
  const moved: Zippable = {}
  for (const [name, bytes] of Object.entries(files))
    moved[`backup/${name.replace('shop/', 'mail/')}`] = bytes
  moved['backup/applications.json'] = strToU8('{"apps":["mail","../etc"]}')
  const { status, body } = await upload(zipSync(moved))
  t.equal(status, 200)
  const { changes, problems } = body as { changes: readonly string[]; problems: unknown }
  t.equal(changes.length, 1)
  t.match(changeIn(await as('bob')('GET', `/api/changes/${changes[0] ?? ''}`)), {
    subject: { kind: 'application', name: 'mail' },
    base: null,
  })
  t.match(JSON.stringify(problems), /\.\.\/etc/)
})

/** An archive whose central directory says that a file is so large, unpacked. */
function claiming(archive: Uint8Array, size: number): Uint8Array {
  const bytes = Buffer.from(archive)
  const directory = bytes.indexOf(Buffer.from('PK\x01\x02'))
  bytes.writeUInt32LE(size, directory + 24)
  return bytes
}

/** An archive in which a name is there twice. */
function twice(name: string, other: string): Uint8Array {
  const archive = Buffer.from(zipSync({ [name]: strToU8('1'), [other]: strToU8('2') }))
  for (let at = archive.indexOf(other); at >= 0; at = archive.indexOf(other, at + 1))
    archive.write(name, at)
  return archive
}

test('Archives that are made to do damage are refused', async (t) => {
  const { upload } = await backupWorld(t)
  const many: Zippable = {}
  for (let n = 0; n <= 20_000; n++) many[`${n}.txt`] = new Uint8Array()
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['no archive', strToU8('PK no archive'), /could be imported/],
    ['cut', zipSync({ 'a.json': strToU8('{}') }).subarray(0, 40), /could be imported/],
    ['a way out', zipSync({ '../../etc/a.json': strToU8('{}') }), /leads out of it/],
    ['a root', zipSync({ '/etc/a.json': strToU8('{}') }), /leads out of it/],
    ['a drive', zipSync({ 'c:\\a.json': strToU8('{}') }), /leads out of it/],
    ['a name twice', twice('aa.json', 'bb.json'), /is there twice/],
    ['a bomb', zipSync({ 'a.json': new Uint8Array(80 << 20) }, { level: 9 }), /is too large/],
    ['a lie', claiming(zipSync({ 'a.json': strToU8('{}') }), 50 << 20), /too tightly/],
    ['many files', zipSync(many, { level: 0 }), /more than 20000 files/],
  ]
  for (const [name, archive, detail] of cases)
    t.match(await upload(archive), { status: 400, body: { detail } }, name)
  t.match(await upload(Buffer.alloc(33 << 20)), { status: 413 })
})

test('Who may not see everything downloads nothing, and proposes only what they may edit', async (t) => {
  const { download, upload, url, headersOf } = await backupWorld(t)
  t.equal((await download('nobody')).status, 403)
  const archive = new Uint8Array(await (await download()).arrayBuffer())
  t.match(await upload(archive, 'viewer'), { status: 403 })
  const headers = { ...headersOf('ann'), 'content-type': 'application/json' }
  t.match(await fetch(`${url}/api/backup`, { method: 'POST', headers, body: '{}' }), {
    status: 415,
  })
})
