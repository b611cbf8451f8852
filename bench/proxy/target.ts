import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CASES } from './cases.js'
import type { Child, Children } from './children.js'
import { nginxCommand } from './contenders.js'
import { writeFromTemplate } from './template.js'
import { untilRight } from './verify.js'

/** Starts the target on `port` and resolves when it gives the answer of every case. */
export async function startTarget(
  port: number,
  place: { folder: string; core: number; signal: AbortSignal },
  children: Children,
): Promise<Child> {
  const folder = join(place.folder, 'target')
  mkdirSync(folder)
  const responses = new Map(CASES.map(({ path, response }) => [path, response]))
  writeFileSync(join(folder, 'large'), responses.get('/large') ?? '')
  writeFileSync(join(folder, 'upload'), '')
  const configuration = join(folder, 'nginx.conf')
  writeFromTemplate('target.conf', configuration, {
    folder,
    port,
    small: responses.get('/small') ?? '',
  })
  const child = children.start(nginxCommand(folder, configuration), { ...place, cwd: folder })
  for (const loadCase of CASES) {
    await untilRight({ name: 'The target', child, port }, loadCase, place.signal)
  }
  return child
}
