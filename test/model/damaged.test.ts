import { test } from 'tap'
import { readBackupFolder, writeBackupFolder } from '../../src/model/legacy/backup-folder.js'
import { readSelectServer, readUrlRules } from '../../src/model/legacy/read-documents.js'
import { writeSelectServer, writeUrlRules } from '../../src/model/legacy/write-documents.js'
import { readModel } from '../../src/model/read-model.js'
import { validateModel } from '../../src/model/validate.js'
import { writeModel } from '../../src/model/write-model.js'
import { RandomModels } from '../support/random-model.js'
import { damage, pick, seeded } from '../support/seeded.js'

const STRANGE: readonly unknown[] = [null, true, -1, 1e308, '', '__proto__', [], {}, [[]], { a: 1 }]

/** A JSON value with about one in `rarity` of its parts replaced by something else. */
function disturbed(random: () => number, value: unknown, rarity: number): unknown {
  if (random() * rarity < 1) return pick(random, STRANGE)
  if (Array.isArray(value)) return value.map((each) => disturbed(random, each, rarity))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, each]) => [
    random() * rarity < 1 ? pick(random, ['', '__proto__', 'constructor', 'a/~b']) : key,
    disturbed(random, each, rarity),
  ])
  return Object.fromEntries(entries) as unknown
}

test('Whatever a document says, it is read or refused with reasons', (t) => {
  const random = seeded(3)
  const models = new RandomModels(5)
  let refused = 0
  for (let n = 0; n < 250; n++) {
    const read = readModel(disturbed(random, writeModel(models.model()), 200))
    if ('content' in read) validateModel(read.content, { lists: [], hosts: [] })
    else if (read.problems.length === 0) t.fail('refused without a reason')
    else refused++
  }
  t.ok(refused > 50 && refused < 250, `${refused} refused`)
  t.same(Object.keys(Object.prototype), [])
  t.end()
})

test('Whatever a file of Redirector says, it is read or refused with reasons', (t) => {
  const random = seeded(4)
  const models = new RandomModels(6, true)
  let refused = 0
  for (let n = 0; n < 120; n++) {
    const model = models.model()
    const rules = readSelectServer(damage(random, writeSelectServer(model).text))
    const urls = readUrlRules(damage(random, writeUrlRules(model).text))
    for (const legacy of [rules, urls])
      if ('problems' in legacy) {
        if (legacy.problems.length === 0) t.fail('refused without a reason')
        refused++
      }
    const applications = [{ name: 'app', model, hosts: [] }]
    const { files } = writeBackupFolder({ applications, lists: [] })
    readBackupFolder(new Map([...files].map(([file, text]) => [file, damage(random, text)])))
  }
  t.ok(refused > 50, `${refused} refused`)
  t.end()
})
