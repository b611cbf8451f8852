import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { OPERATORS } from '../../src/model/document.js'
import { readHosts, readLists, readModel } from '../../src/model/read-model.js'
import { validateLists } from '../../src/model/validate-lists.js'
import { validateModel } from '../../src/model/validate.js'
import { writeHosts, writeLists, writeModel } from '../../src/model/write-model.js'

const PAGE = readFileSync('docs/gateway-model.md', 'utf8')

/** Codes of Redirector that cannot be told here. */
const NEVER_TOLD = ['NamespacedListsNamesMismatch']

/** The documents of the page, in its order. */
function documents(): readonly unknown[] {
  return [...PAGE.matchAll(/```json\n(.*?)```/gs)].map(
    ([, text = '']) => JSON.parse(text) as unknown,
  )
}

function codesOfSources(): ReadonlySet<string> {
  const folder = 'src/model'
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const texts = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
  return new Set(texts.join('').match(/(?<=')[A-Z][a-z]\w*[a-z](?=')/g))
}

/** What stands in the first cells of the tables of codes. */
function codesOfPage(): readonly string[] {
  const rows = PAGE.split('\n').filter((line) => line.startsWith('| `'))
  const cells = rows.map((row) => row.split('|')[1] ?? '')
  return cells.join('').match(/(?<=`)[A-Z][a-z]\w*(?=`)/g) ?? []
}

test('The page tells every code, each once', (t) => {
  t.same(codesOfPage().toSorted(), [...codesOfSources(), ...NEVER_TOLD].toSorted())
  t.end()
})

test('The page tells every operator', (t) => {
  const operators = PAGE.slice(PAGE.indexOf('## Operators'), PAGE.indexOf('## Bounds'))
  for (const operator of OPERATORS) t.match(operators, `\`${operator}\``)
  t.end()
})

test('The examples of the page are valid, and come back as they were written', (t) => {
  const [model, lists, hosts] = documents()
  const [read, readOfLists, readOfHosts] = [readModel(model), readLists(lists), readHosts(hosts)]
  if (!('content' in read && 'content' in readOfLists && 'content' in readOfHosts))
    throw new Error(JSON.stringify([read, readOfLists, readOfHosts]))
  t.same(validateModel(read.content, { lists: readOfLists.content }), [])
  t.same(validateLists(readOfLists.content), [])
  t.same(readModel(writeModel(read.content)), read)
  t.same(writeLists(readOfLists.content), lists)
  t.same(writeHosts(readOfHosts.content), hosts)
  t.end()
})
