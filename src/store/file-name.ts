import { readdir } from 'node:fs/promises'
import { nodeCodeOf } from '../core/node-errors.js'

/**
 * The name of the file or folder that stands for an application: its own, with what has a meaning to file systems in
 * percent-encoding (RFC 3986 §2.1).
 */
export function fileNameOf(application: string): string {
  return encodeURIComponent(application).replace(/^\./, '%2E').replaceAll('*', '%2A')
}

/** The application that a file or folder stands for; undefined when it stands for none. */
export function applicationOf(fileName: string): string | undefined {
  try {
    const application = decodeURIComponent(fileName)
    return fileNameOf(application) === fileName ? application : undefined
  } catch {
    return undefined
  }
}

/**
 * The applications that the files of a folder stand for; none when there is no such folder.
 * @param ending of the names of these files
 */
export async function documentNames(
  folder: string,
  ending: 'json' | 'reload' = 'json',
): Promise<readonly string[]> {
  const names = (await namesIn(folder)).filter((name) => name.endsWith(`.${ending}`))
  return names.flatMap((name) => applicationOf(name.slice(0, -ending.length - 1) || '.') ?? [])
}

/** The applications that the folders in a folder stand for; none when there is no such folder. */
export async function folderNames(folder: string): Promise<readonly string[]> {
  return (await namesIn(folder)).flatMap((name) => applicationOf(name) ?? [])
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (nodeCodeOf(error) === 'ENOENT') return []
    throw error
  }
}
