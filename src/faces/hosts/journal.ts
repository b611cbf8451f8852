import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isNotWritable } from './file-errors.js'
import { companionOf, syncFolder } from './folder.js'

/** An overwriting of the end of a file, in bytes. */
export interface Overwriting {
  /** Up to here nothing changes. */
  readonly at: number
  /** What stood and will stand there. */
  readonly before: Buffer
  readonly after: Buffer
}

const LINE_FEED = 0x0a

/** Both ends made equally long by blank lines, which mean nothing to readers. */
export function padded({ before, after }: Overwriting): readonly [before: Buffer, after: Buffer] {
  const size = Math.max(before.length, after.length)
  const fill = (end: Buffer): Buffer => Buffer.concat([end], size).fill(LINE_FEED, end.length)
  return [fill(before), fill(after)]
}

/**
 * Writes down what is about to be overwritten, so that the next run can finish it.
 * @returns false when nothing may be written beside the file
 */
export async function writeJournal(path: string, overwriting: Overwriting): Promise<boolean> {
  const { at, before, after } = overwriting
  const text = JSON.stringify({
    at,
    before: before.toString('base64'),
    after: after.toString('base64'),
  })
  const temporary = companionOf(path, 'tmp')
  try {
    await rm(temporary, { force: true })
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    // A journal under its own name is a whole one.
    await rename(temporary, companionOf(path, 'journal'))
    await syncFolder(dirname(path))
    return true
  } catch (error) {
    await removeJournal(path)
    if (isNotWritable(error)) return false
    throw error
  }
}

/** Forgets what was written down, and what was left of writing it. */
export async function removeJournal(path: string): Promise<void> {
  for (const companion of ['tmp', 'journal'] as const)
    await rm(companionOf(path, companion), { force: true }).catch((error: unknown) => {
      if (!isNotWritable(error)) throw error
    })
}

function parseJournal(text: string): Overwriting | undefined {
  try {
    // Nobody but `writeJournal` writes it; one of another form throws below.
    const { at, before, after } = JSON.parse(text) as Record<'before' | 'after', string> & {
      at: number
    }
    return { at, before: Buffer.from(before, 'base64'), after: Buffer.from(after, 'base64') }
  } catch {
    return undefined
  }
}

/**
 * What an overwriting that was cut short left to do.
 * @returns undefined when nothing was cut short, or when somebody else has written to the file since: then it is theirs
 */
export async function unfinished(path: string): Promise<Overwriting | undefined> {
  const text = await readFile(companionOf(path, 'journal'), 'utf8').catch(() => undefined)
  const overwriting = text === undefined ? undefined : parseJournal(text)
  if (!overwriting) return undefined
  const [before, after] = padded(overwriting)
  const end = (await readFile(path)).subarray(overwriting.at)
  const shortest = Math.min(overwriting.before.length, overwriting.after.length)
  const isOurs = (byte: number, at: number): boolean => byte === before[at] || byte === after[at]
  const isInBetween = end.length >= shortest && end.length <= before.length && end.every(isOurs)
  return isInBetween ? overwriting : undefined
}
