import { link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { nodeCodeOf } from '../core/node-errors.js'

/** A lock without a text is one that is being made; after so long its maker is taken for dead. */
const MAKING_MS = 5000
/** Attempts at a lock whose owner is gone; others make them, too. */
const MOST_TRIES = 3

/** Names one process of all that ever had this process id on this machine; empty where the system does not tell. */
async function birthOf(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1')
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1')
    // Fields behind the name of the program, which is in parentheses: proc(5), starttime is the 22nd field.
    return `${boot.trim()} ${text.slice(text.lastIndexOf(')') + 2).split(' ')[19]}`
  } catch {
    return ''
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return nodeCodeOf(error) === 'EPERM'
  }
}

/** Whose a lock is: a line with the process id, and one with what tells it from others of the same id. */
async function ownerOf(lock: string, text: string): Promise<string | undefined> {
  const [pid = '', birth = ''] = text.split('\n')
  if (!/^[1-9]\d*$/.test(pid)) {
    const { mtimeMs } = await stat(lock)
    return Date.now() - mtimeMs < MAKING_MS ? 'a process that is just starting' : undefined
  }
  const isAlive = lives(Number(pid)) && (birth === '' || (await birthOf(Number(pid))) === birth)
  return isAlive ? `process ${pid}` : undefined
}

async function create(lock: string): Promise<boolean> {
  const birth = await birthOf(process.pid)
  try {
    const file = await open(lock, 'wx', 0o644)
    try {
      await file.writeFile(`${process.pid}\n${birth}\n`)
    } catch (error) {
      await rm(lock)
      throw error
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if (nodeCodeOf(error) !== 'EEXIST') throw error
    return false
  }
}

/** Moves the lock of a dead process out of the way, unless another has put its own there since its text was read. */
async function clear(lock: string, text: string): Promise<void> {
  const aside = `${lock}.${process.pid}`
  await rename(lock, aside)
  if ((await readFile(aside, 'utf8')) !== text) await link(aside, lock)
  await rm(aside)
}

/** @returns whose the lock is; undefined when it is out of the way now */
async function challenge(lock: string): Promise<string | undefined> {
  try {
    const text = await readFile(lock, 'utf8')
    const owner = await ownerOf(lock, text)
    if (owner === undefined) await clear(lock, text)
    return owner
  } catch (error) {
    // Its owner has just released it, or another was faster to clear it.
    if (nodeCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** A file that says that one process, and no other on this machine, keeps something. */
export class ProcessLock {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /**
   * Takes a lock, also from a process that died.
   * @returns the lock, or whose it is: `process 17`
   * @throws what the system says where nothing may be written
   */
  static async take(path: string): Promise<ProcessLock | string> {
    let owner: string | undefined
    for (let tries = 0; tries < MOST_TRIES && owner === undefined; tries++) {
      if (await create(path)) return new ProcessLock(path)
      owner = await challenge(path)
    }
    return owner ?? 'another process'
  }

  async release(): Promise<void> {
    await rm(this.path, { force: true })
  }
}
