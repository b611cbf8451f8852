import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const NAME = 'no-users'
const TEXT = 'There were no users when the store was asked last: everybody sees the status.\n'

/**
 * Remembers over a restart that there were no users, so that the status is told as before when the store does not answer. Where
 * it cannot be written, nobody is told the status until the store answers.
 */
export class NoUsersNote {
  private readonly directory: string

  constructor(directory: string) {
    this.directory = directory
  }

  async isThere(): Promise<boolean> {
    return this.tried(() => access(this.file))
  }

  async write(): Promise<void> {
    await this.tried(async () => {
      await mkdir(this.directory, { recursive: true })
      await writeFile(this.file, TEXT)
    })
  }

  /** @throws Error when it is still there */
  async remove(): Promise<void> {
    const isGone = await this.tried(() => rm(this.file, { force: true }))
    if (!isGone && (await this.isThere())) throw new Error(`${this.file} cannot be removed`)
  }

  private get file(): string {
    return join(this.directory, NAME)
  }

  private async tried(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch {
      return false
    }
  }
}
