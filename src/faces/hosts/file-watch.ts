import { watch, type FSWatcher } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Clock, Timer } from '../../core/ports.js'

/** Not every file system tells of changes, and watches are a scarce thing: the file is looked at so often in any case. */
export const POLL_MS = 1000
/** Writers need a moment, and what they do makes several events. */
const SETTLE_MS = 50

/** Says when it is worth looking at a file. */
export class FileWatch {
  private readonly path: string
  private readonly clock: Clock
  private readonly look: () => void
  private watcher: FSWatcher | undefined
  private polling: Timer
  private settling: Timer | undefined
  private isClosed = false

  /** @param look called at least once a second, and soon after a change; must not throw */
  constructor(path: string, clock: Clock, look: () => void) {
    this.path = path
    this.clock = clock
    this.look = look
    this.polling = this.poll()
    void this.listen()
  }

  close(): void {
    this.isClosed = true
    this.polling.cancel()
    this.settling?.cancel()
    this.watcher?.close()
  }

  private poll(): Timer {
    return this.clock.after(POLL_MS, () => {
      this.polling = this.poll()
      this.look()
    })
  }

  /** Watches the folder, for a file that is replaced is another file. */
  private async listen(): Promise<void> {
    try {
      const path = await realpath(this.path)
      if (this.isClosed) return
      const name = basename(path)
      this.watcher = watch(dirname(path), { persistent: false }, (_, changed) => {
        if (changed === name) this.hint()
      })
      this.watcher.on('error', () => this.watcher?.close())
    } catch {
      // No watch to be had: looking every second has to do.
    }
  }

  private hint(): void {
    this.settling ??= this.clock.after(SETTLE_MS, () => {
      this.settling = undefined
      this.look()
    })
  }
}
