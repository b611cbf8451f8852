import { watch, type FSWatcher } from 'node:fs'
import type { Clock } from '../core/ports.js'
import { Bell, pause } from '../core/wait.js'

/** Not every file system tells of changes, and watches are a scarce thing: folders are looked at so often in any case. */
const POLL_MS = 500
/** What one writer does makes several events. */
const SETTLE_MS = 20

/** Says when it is worth looking at folders. */
export class FolderWatch {
  private readonly clock: Clock
  private readonly bell = new Bell()
  private readonly watchers: readonly FSWatcher[]

  constructor(folders: readonly string[], clock: Clock) {
    this.clock = clock
    this.watchers = folders.flatMap((folder) => this.listen(folder) ?? [])
  }

  /** Resolves soon after a change, when some time has passed, or when `signal` aborts. */
  async change(signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const polled = pause(this.clock, POLL_MS, AbortSignal.any([signal, over.signal]))
    await Promise.race([this.bell.rung(), polled])
    over.abort()
    await pause(this.clock, SETTLE_MS, signal)
  }

  close(): void {
    for (const watcher of this.watchers) watcher.close()
  }

  private listen(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.bell.ring())
      return watcher.on('error', () => watcher.close())
    } catch {
      // No watch to be had: looking twice a second has to do.
      return undefined
    }
  }
}
