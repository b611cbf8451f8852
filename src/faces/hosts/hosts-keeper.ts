import { setTimeout as wait } from 'node:timers/promises'
import { PointsmanError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import type { ProcessLock } from '../../disk/process-lock.js'
import type { Log } from '../../telemetry/log.js'
import { Contest } from './contest.js'
import { unusable } from './file-errors.js'
import { isSameVersion, type FileVersion } from './file-version.js'
import { FileWatch } from './file-watch.js'
import type { HostsFile, HostsReading, Way } from './hosts-file.js'
import {
  addressesOutside,
  parseHostsText,
  renderHostsText,
  type HostsLine,
  type HostsText,
} from './hosts-text.js'
import { takeInstanceLock } from './instance-lock.js'

/** Somebody who has just written may not be done yet. */
const QUIET_MS = 100
/** Waits for somebody to be done, and attempts to be faster than somebody. */
const MOST_TRIES = 10
/** Waits after a failure: the first, and the longest; in between each is twice as long as the one before. */
const SHORTEST_RETRY_MS = 1000
const LONGEST_RETRY_MS = 30_000

/** What a keeper needs from outside. */
export interface KeeperOptions {
  readonly clock: Clock
  readonly log: Log
}

/** Gives the lines that the block is to have; it is told those that stand there. */
export type Lines = (found: readonly HostsLine[]) => readonly HostsLine[]

/** Keeps the block of one hosts file as it should be, whoever else writes into the file. */
export class HostsKeeper {
  readonly file: HostsFile
  readonly counts = { rewrites: 0, repairs: 0, failures: 0 }
  /** Why the file is not as it should be; undefined while it is. */
  failure: PointsmanError | undefined
  /** How the last text came into the file; undefined before the first. */
  way: Way | undefined
  private readonly options: KeeperOptions
  private readonly contest: Contest
  private lines: Lines = () => []
  private lock: ProcessLock | undefined
  private watch: FileWatch | undefined
  /** What the file was like when it was seen last. */
  private version: FileVersion | undefined
  /** The lines that were in the block then, if they were those wanted. */
  private inForce: string | undefined
  private outside = ''
  private retryMs = SHORTEST_RETRY_MS
  private dueAt: number | undefined
  private isWanted = false
  private isClosing = false
  private running: Promise<void> | undefined

  constructor(file: HostsFile, options: KeeperOptions) {
    this.file = file
    this.options = options
    this.contest = new Contest(options.clock)
  }

  /**
   * Takes hold of the file.
   * @returns what an earlier run has left in the block; nothing when that is broken
   * @throws PointsmanError HOSTS_FILE_UNUSABLE, HOSTS_FILE_LOCKED
   */
  async open(): Promise<readonly HostsLine[]> {
    const { file, options } = this
    await file.read()
    this.lock = await takeInstanceLock(file.path)
    try {
      if (!this.lock) {
        await file.checkWritable()
        options.log.warn({ file: file.path }, 'hosts file without lock')
      }
      if (await file.recover()) options.log.warn({ file: file.path }, 'hosts file recovered')
      return linesOf((await file.read()).text)
    } catch (error) {
      await this.lock?.release()
      throw error
    }
  }

  /** Begins to keep the block. */
  keep(lines: Lines): void {
    this.lines = lines
    this.watch ??= new FileWatch(this.file.path, this.options.clock, () => void this.look())
    this.want()
  }

  /** The lines are others than before. */
  want(): void {
    this.isWanted = true
    this.running ??= this.run()
  }

  /**
   * Lets go of the file.
   * @param removes whether the block goes, too
   */
  async close(removes: boolean): Promise<void> {
    this.isClosing = true
    this.watch?.close()
    // One that was opened and never kept is as it was found.
    if (removes && this.watch) {
      this.lines = () => []
      this.want()
    }
    await this.running
    await this.lock?.release()
  }

  private async look(): Promise<void> {
    // What happens while we write is told from our own doing by what it has come to.
    await this.running
    const version = await this.file.version()
    const isDue = this.dueAt !== undefined && this.options.clock.now() >= this.dueAt
    if (this.isClosing) return
    if (isDue || !isSameVersion(version, this.version)) this.want()
  }

  private async run(): Promise<void> {
    while (this.isWanted) {
      this.isWanted = false
      try {
        await this.bringAbout()
      } catch (error) {
        await this.failed(unusable(this.file.path, error))
      }
    }
    this.running = undefined
  }

  private async bringAbout(): Promise<void> {
    this.dueAt = undefined
    if (this.failure) await this.file.recover()
    let reading = await this.readInPeace()
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const text = parseHostsText(reading.text)
      const lines = this.lines(text.lines)
      const wanted = renderHostsText(text, lines)
      if (wanted === reading.text) {
        this.isAsWanted(reading, text, lines)
        return
      }
      const isRepair = JSON.stringify(lines) === this.inForce
      if (isRepair && this.isPutOff(reading)) return
      const written = await this.file.write(reading, wanted)
      reading = written.reading
      if (written.way === undefined) continue
      this.tellWritten(written.way, isRepair, text.repairs)
      this.isAsWanted(reading, parseHostsText(wanted), lines)
      return
    }
    throw new PointsmanError(
      'HOSTS_FILE_UNUSABLE',
      `${this.file.path} changes faster than it can be edited`,
    )
  }

  /** Reads the file, and waits a little if it was written to just now: it may have been emptied to be filled again. */
  private async readInPeace(): Promise<HostsReading> {
    let reading = await this.file.read()
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const ageMs = this.options.clock.wallTimeMs() - Number(reading.version.mtimeNs / 1_000_000n)
      const isFresh = ageMs >= 0 && ageMs < QUIET_MS
      if (!isFresh || isSameVersion(reading.version, this.version)) break
      await wait(QUIET_MS)
      reading = await this.file.read()
    }
    return reading
  }

  private isPutOff({ version }: HostsReading): boolean {
    const { clock } = this.options
    const { waitMs } = this.contest
    if (waitMs === 0) return false
    this.version = version
    this.dueAt = clock.now() + waitMs
    this.failure = new PointsmanError(
      'HOSTS_FILE_CONTESTED',
      `${this.file.path} is rewritten by somebody else over and over: repairs are put off`,
    )
    return true
  }

  private tellWritten(way: Way, isRepair: boolean, repairs: readonly string[]): void {
    const { log } = this.options
    const { counts, contest, file } = this
    counts.rewrites++
    if (way !== this.way) log.info({ file: file.path, way }, 'hosts file written')
    if (repairs.length > 0) log.warn({ file: file.path, repairs }, 'hosts block put right')
    this.way = way
    if (!isRepair) return
    const wasContested = contest.isOn
    counts.repairs++
    contest.repaired()
    log.warn({ file: file.path }, 'hosts file repaired')
    if (contest.isOn && !wasContested) log.error({ file: file.path }, 'hosts file contested')
  }

  private isAsWanted(
    { version }: HostsReading,
    text: HostsText,
    lines: readonly HostsLine[],
  ): void {
    this.version = version
    this.inForce = JSON.stringify(lines)
    this.retryMs = SHORTEST_RETRY_MS
    if (this.failure) this.options.log.info({ file: this.file.path }, 'hosts file back')
    this.failure = undefined
    this.tellOutside(text, lines)
  }

  private tellOutside(text: HostsText, lines: readonly HostsLine[]): void {
    const outside = addressesOutside(text, new Set(lines.map(({ name }) => name)))
    const seen = JSON.stringify([...outside])
    if (seen === this.outside) return
    this.outside = seen
    for (const [name, addresses] of outside)
      this.options.log.warn({ file: this.file.path, name, addresses }, 'hosts name elsewhere')
  }

  private async failed(error: PointsmanError): Promise<void> {
    const { clock, log } = this.options
    const { code, message } = error
    this.counts.failures++
    if (message !== this.failure?.message)
      log.error({ file: this.file.path, code, reason: message }, 'hosts file failed')
    this.failure = error
    this.version = await this.file.version()
    this.dueAt = clock.now() + this.retryMs
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS)
  }
}

/** The lines of a block; those of a broken one count for nothing, which is told when it is to be written. */
function linesOf(text: string): readonly HostsLine[] {
  try {
    return parseHostsText(text).lines
  } catch (error) {
    if (error instanceof PointsmanError) return []
    throw error
  }
}
