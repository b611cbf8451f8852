import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
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
  for (const { path, response } of CASES) {
    const file = join(folder, path)
    writeFileSync(file, typeof response === 'string' ? response : '')
    // A file of zeros takes no room on the disk.
    if (typeof response === 'number') truncateSync(file, response)
  }
  const configuration = join(folder, 'nginx.conf')
  writeFromTemplate('target.conf', configuration, {
    folder,
    port,
    small: String(CASES.find(({ path }) => path === '/small')?.response),
  })
  const child = children.start(nginxCommand(folder, configuration), { ...place, cwd: folder })
  for (const loadCase of CASES) {
    await untilRight({ name: 'The target', child, port }, loadCase, place.signal)
  }
  return child
}
