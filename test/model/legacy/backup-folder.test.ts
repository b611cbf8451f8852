import { test } from 'tap'
import { LEGACY_SETTINGS } from '../../../src/model/defaults.js'
import type { NamespacedList, StackHosts } from '../../../src/model/document.js'
import { readBackupFolder, writeBackupFolder } from '../../../src/model/legacy/backup-folder.js'
import { readStacks } from '../../../src/model/legacy/hosts.js'
import { readNamespacedLists } from '../../../src/model/legacy/lists.js'
import { MOST_VALUES } from '../../../src/model/limits.js'
import { validateModel } from '../../../src/model/validate.js'
import { encodedValue } from '../../../src/model/values.js'
import { RandomModels } from '../../support/random-model.js'
import { contentOf, isEmpty, RETURN, SERVER, told } from './telling.js'

type Notes = ReturnType<typeof readBackupFolder>['notes']

/** File and code of each. */
function shown(notes: Notes): readonly string[] {
  return notes.map(({ file, code }) => `${file} ${code}`)
}

const SELECT_SERVER = `<selectServer><if id="beta"><contains><param>mac</param><namespacedList><value>lab</value></namespacedList></contains>${RETURN}</if><distribution>${SERVER}</distribution></selectServer>`
const URL_RULES = `<urlRules><default><urlRule><urn>shell</urn><protocol>xre</protocol><port>8081</port><ipProtocolVersion>4</ipProtocolVersion></urlRule></default></urlRules>`
const WHITELIST = '<whitelisted><paths>/DC/AZ</paths></whitelisted>'
const HOSTS = {
  version: 0,
  snapshotList: [
    { path: '/DC/AZ/2.0/app', hosts: [{ ipv4: '10.0.0.1', ipv6: null, weight: '10.0' }] },
    { path: '/DC/AZ/2.0/other', hosts: [{ ipv4: 'h1.example' }] },
  ],
}

/** A whole folder but for some files; undefined takes one away. */
function folder(
  changes: Readonly<Record<string, string | undefined>> = {},
): ReadonlyMap<string, string> {
  const files: Readonly<Record<string, string | undefined>> = {
    'applications.json': '{"apps":["app"]}',
    'namespacedlists.json': '{"dataNodeVersion":1,"namespacedLists":{"lab":["v"]}}',
    'stacks.json': JSON.stringify(HOSTS),
    'app/selectserver.xml': SELECT_SERVER,
    'app/urlrules.xml': URL_RULES,
    'app/whitelist.xml': WHITELIST,
    'app/modelmetadata.json': '{"version":7}',
    ...changes,
  }
  return new Map(
    Object.entries(files).flatMap(([file, text]) => (text === undefined ? [] : [[file, text]])),
  )
}

const LISTS: readonly NamespacedList[] = [
  { name: 'lab', description: 'a', type: 'text', values: ['v', 'w'] },
  { name: 'secret', description: '', type: 'encoded', values: ['account'] },
]

test('A folder gives models, lists and hosts', (t) => {
  const { applications, lists, notes } = readBackupFolder(folder())
  t.same(notes, [])
  t.same(lists, [{ name: 'lab', description: '', type: 'text', values: ['v'] }])
  const [application] = applications
  t.match(application, { name: 'app', version: 7 })
  t.same(application?.hosts, [{ path: '/DC/AZ/2.0', hosts: [{ ipv4: '10.0.0.1', weight: 10 }] }])
  t.same(application?.model.settings, LEGACY_SETTINGS)
  t.same(application?.model.whitelist, ['/DC/AZ'])
  const { model, hosts = [] } = application ?? {}
  t.same(model && validateModel(model, { lists, hosts }), [])
  t.end()
})

test('A folder comes back as it was written', (t) => {
  const models = new RandomModels(11, true)
  const hosts: readonly StackHosts[] = [
    {
      path: '/DC/AZ/1.9',
      hosts: [
        { ipv4: '10.0.0.1', ipv6: '::1', weight: 100 },
        { ipv6: '::2', weight: 0 },
      ],
    },
  ]
  for (let n = 0; n < 20; n++) {
    // A folder has no place for templates.
    const model = { ...models.model(), rules: [], urlRules: [], templates: [], urlTemplates: [] }
    const applications = ['a', 'b'].map((name) => ({ name, model, hosts, version: n }))
    const { files, notes } = writeBackupFolder({ applications, lists: LISTS })
    t.same(notes, [])
    t.same(readBackupFolder(files), { applications, lists: LISTS, notes: [] })
  }
  t.end()
})

test('Gateways of the old kind get what clients send for an encoded list', (t) => {
  const { files } = writeBackupFolder({ applications: [], lists: LISTS })
  t.match(JSON.parse(files.get('namespacedlists.json') ?? ''), {
    namespacedLists: { lab: ['v', 'w'], secret: [encodedValue('account')] },
  })
  t.end()
})

test('What a folder cannot say of a model is noted by file', (t) => {
  const { applications } = readBackupFolder(folder())
  const changed = applications.map((each) => ({
    ...each,
    model: {
      ...each.model,
      urlDefaults: { ...each.model.urlDefaults, urn: ' a' },
      settings: { ...LEGACY_SETTINGS, missingMatches: true },
    },
  }))
  const { notes } = writeBackupFolder({ applications: changed, lists: [] })
  t.same(shown(notes), ['app/selectserver.xml SettingNotWritten', 'app/urlrules.xml TextNotKept'])
  t.end()
})

const FOLDERS: readonly (readonly [
  what: string,
  changes: Readonly<Record<string, string | undefined>>,
  applications: readonly string[],
  ...notes: string[],
])[] = [
  [
    'has no list of applications',
    { 'applications.json': undefined },
    ['app'],
    'applications.json FileMissing',
  ],
  [
    'has no lists',
    { 'namespacedlists.json': undefined },
    ['app'],
    'namespacedlists.json FileMissing',
  ],
  [
    'has no hosts',
    { 'stacks.json': undefined },
    ['app'],
    'stacks.json FileMissing',
    'app/manualbackup.json HostsMissing',
  ],
  [
    'has hosts of other applications only',
    { 'stacks.json': '{"snapshotList":[]}' },
    ['app'],
    'app/manualbackup.json HostsMissing',
  ],
  [
    'has no version',
    { 'app/modelmetadata.json': undefined },
    ['app'],
    'app/modelmetadata.json FileMissing',
  ],
  ['has a bare version', { 'app/modelmetadata.json': '7' }, ['app']],
  [
    'has no rules',
    { 'app/selectserver.xml': undefined },
    [],
    'app/selectserver.xml FileMissing',
    'app/selectserver.xml ApplicationLeftOut',
  ],
  [
    'has no URL rules',
    { 'app/urlrules.xml': undefined },
    [],
    'app/urlrules.xml FileMissing',
    'app/selectserver.xml ApplicationLeftOut',
  ],
  [
    'has no whitelist',
    { 'app/whitelist.xml': undefined },
    [],
    'app/whitelist.xml FileMissing',
    'app/selectserver.xml ApplicationLeftOut',
  ],
  [
    'has no default server',
    { 'app/selectserver.xml': '<selectServer/>' },
    [],
    'app/selectserver.xml ServerIsMissed',
    'app/selectserver.xml ApplicationLeftOut',
  ],
  [
    'has a broken file',
    { 'app/whitelist.xml': '<whitelisted>' },
    [],
    'app/whitelist.xml XmlInvalid',
    'app/whitelist.xml FileUnreadable',
    'app/selectserver.xml ApplicationLeftOut',
  ],
  [
    'has broken JSON',
    { 'applications.json': '{' },
    ['app'],
    'applications.json JsonInvalid',
    'applications.json FileUnreadable',
  ],
  [
    'has a file too much',
    { 'app/whitelist_updates.xml': '' },
    ['app'],
    'app/whitelist_updates.xml FileIgnored',
  ],
  [
    'has a byte order mark',
    { 'app/whitelist.xml': `\ufeff${WHITELIST}`, 'applications.json': '\ufeff{"apps":["app"]}' },
    ['app'],
  ],
  [
    'has a text that is too long',
    { 'app/selectserver.xml': SELECT_SERVER.replace('mac', 'm'.repeat(20_000)) },
    [],
    'app/selectserver.xml TooLarge',
    'app/selectserver.xml FileUnreadable',
  ],
  [
    'names an application of which it has nothing',
    { 'applications.json': '{"apps":["app","__proto__"]}' },
    ['app'],
    '__proto__/selectserver.xml FileMissing',
    '__proto__/urlrules.xml FileMissing',
    '__proto__/whitelist.xml FileMissing',
    '__proto__/modelmetadata.json FileMissing',
    '__proto__/manualbackup.json HostsMissing',
    '__proto__/selectserver.xml ApplicationLeftOut',
  ],
]

for (const [what, changes, names, ...notes] of FOLDERS) {
  test(`What can be read is read of a folder that ${what}`, (t) => {
    const read = readBackupFolder(folder(changes))
    t.same(
      read.applications.map(({ name }) => name),
      names,
    )
    t.same(shown(read.notes), notes)
    t.end()
  })
}

test('Hosts of a static application come from its own file', (t) => {
  const own = { snapshotList: [{ path: '/DC/AZ/1.9/app', hosts: ['10.0.0.9'] }] }
  const files = folder({ 'app/manualbackup.json': JSON.stringify(own) })
  const [application] = readBackupFolder(files).applications
  t.same(application?.hosts, [{ path: '/DC/AZ/1.9', hosts: [{ ipv4: '10.0.0.9', weight: 5 }] }])
  t.end()
})

test('The full form of lists is preferred to the short one', (t) => {
  const full = JSON.stringify({
    version: 1,
    namespaces: [
      {
        name: 'lab',
        description: null,
        type: 'IP',
        valueSet: [{ value: '::1', encodedValue: 'x' }, { value: '::1' }],
      },
      { name: 'other', valueSet: ['a', ' '] },
    ],
  })
  const { lists, notes } = readBackupFolder(folder({ 'namespacedlists-backup.json': full }))
  t.same(notes, [])
  t.same(lists, [
    { name: 'lab', description: '', type: 'ip', values: ['::1'] },
    { name: 'other', description: '', type: 'text', values: ['a'] },
  ])
  t.end()
})

test('Hosts are read in every form that there was', (t) => {
  const hosts = [
    '10.0.0.1:8080',
    '10.0.0.2,fe80::2',
    '10.0.0.3,null',
    'h4.example',
    { ipv4: null, ipv6: '::5', weight: null },
    { ipv4: '10.0.0.6', ipv6: 'null', weight: 12.4 },
    { ipv4: '10.0.0.7', weight: '-1' },
    { ipv4: '10.0.0.8', weight: '1000' },
    { ipv4: '10.0.0.9', weight: 'much' },
    { ipv4: ' ' },
    ':80',
    5,
  ]
  const text = JSON.stringify({
    snapshotList: [{ path: '/DC/AZ/1/app', hosts }, { path: '/DC/1/app' }, null],
  })
  const legacy = readStacks(text)
  t.same(contentOf(legacy).get('app')?.[0]?.hosts, [
    { ipv4: '10.0.0.1', weight: 5 },
    { ipv4: '10.0.0.2', ipv6: 'fe80::2', weight: 5 },
    { ipv4: '10.0.0.3', weight: 5 },
    { ipv4: 'h4.example', weight: 5 },
    { ipv6: '::5', weight: 5 },
    { ipv4: '10.0.0.6', weight: 12 },
    { ipv4: '10.0.0.7', weight: 0 },
    { ipv4: '10.0.0.8', weight: 100 },
    { ipv4: '10.0.0.9', weight: 5 },
  ])
  t.same(told(legacy), [
    'HostWeightInvalid /snapshotList/0/hosts/8/weight',
    'HostAddressMissed /snapshotList/0/hosts/9',
    'HostAddressMissed /snapshotList/0/hosts/10',
    'WrongType /snapshotList/0/hosts/11',
    'HostPathInvalid /snapshotList/1',
  ])
  t.end()
})

test('Lists and hosts that make no sense are refused', (t) => {
  t.same(told(readNamespacedLists('{}')), ['MissedKey '])
  t.same(told(readNamespacedLists('[]')), ['WrongType '])
  t.same(told(readNamespacedLists('{"namespaces":[{"type":"x"}]}')), [
    'NamespacedListNameIsMissed /namespaces/0/name',
    'UnknownChoice /namespaces/0/type',
  ])
  t.same(told(readStacks('[]')), ['WrongType '])
  const many = JSON.stringify({ namespacedLists: { a: Array(MOST_VALUES + 1).fill(0) } })
  t.same(told(readNamespacedLists(many)), ['TooLarge /namespacedLists/a'])
  t.end()
})

test('A rule of a folder without its template keeps its conditions', (t) => {
  const rule = `<if id="a" templateName="t">${isEmpty('x')}${RETURN}</if>`
  const files = folder({
    'app/selectserver.xml': SELECT_SERVER.replace('<distribution>', `${rule}<distribution>`),
  })
  const { applications, notes } = readBackupFolder(files)
  t.same(shown(notes), ['app/selectserver.xml TemplateNotKept'])
  t.match(applications[0]?.model.rules[1], { id: 'a', conditions: [{ parameter: 'x' }] })
  t.end()
})
