import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BENCH_FOLDER } from './folders.js'

/** Writes `bench/proxy/<source>` to `path`, every {{name}} replaced by its value; throws when one has no value. */
export function writeFromTemplate(
  source: string,
  path: string,
  values: Readonly<Record<string, string | number>>,
): void {
  const template = readFileSync(join(BENCH_FOLDER, 'proxy', source), 'utf8')
  const text = template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`${source}: nothing to put in for ${name}`)
    return String(value)
  })
  writeFileSync(path, text)
}
