import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Test } from 'tap'
import { systemClock } from '../../src/runtime/system-clock.js'
import { FileStore } from '../../src/store/file.js'
import type { StoreTransition } from '../../src/store/model-store.js'

/** A folder of a test's own that models are kept in. */
export class StoreFolder {
  readonly path: string
  /** What stores have told of themselves. */
  readonly reports: StoreTransition[] = []

  constructor(t: Test) {
    this.path = mkdtempSync(join(tmpdir(), 'pointsman-store-'))
    t.teardown(() => rmSync(this.path, { recursive: true, force: true }))
  }

  open(generations?: number): FileStore {
    return new FileStore({
      directory: this.path,
      clock: systemClock,
      report: (transition) => this.reports.push(transition),
      ...(generations !== undefined && { generations }),
    })
  }

  /** Resolves when so much was reported. */
  async reported(count: number): Promise<void> {
    for (let waits = 0; waits < 1000 && this.reports.length < count; waits++) await wait(10)
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8')
  }

  /** Writes as an editor does: into the file that is there. */
  write(name: string, content: string | object): void {
    const path = join(this.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  }

  remove(name: string): void {
    rmSync(join(this.path, name), { recursive: true })
  }

  /** The names in a folder, those of drafts too. */
  names(folder: string): readonly string[] {
    return readdirSync(join(this.path, folder)).sort()
  }
}
