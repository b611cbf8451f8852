import { randomUUID } from 'node:crypto'
import { PointsmanError } from '../core/errors.js'
import { nodeCodeOf, systemReason } from '../core/node-errors.js'
import type { DocumentProblem } from '../model/document.js'
import type { Read } from '../model/read-model.js'
import type { Bundle } from './bundle.js'
import type { Generations, Newest } from './generations.js'
import type { StoreReport } from './model-store.js'
import { Troubles } from './troubles.js'
import type { WorkingFile, WorkingText } from './working-file.js'

/** Others may be faster so many times in a row. */
const MOST_TRIES = 20

/** How long an edit that could not be recorded is told without another attempt to record it. */
const RETRY_MS = 10_000

/** The JSON form of a content. */
export interface Codec<Content> {
  readonly read: (document: unknown) => Read<Content>
  readonly write: (content: Content) => unknown
}

/** A document as it is now. */
export interface Sight<Content> {
  /** -1 when there never was one. */
  readonly version: number
  /** The newest that could be read; undefined when there is none, or it was removed. */
  readonly content: Content | undefined
  /** Why the file is not this content; none when it is. */
  readonly problems: readonly DocumentProblem[]
  /** When the file was last written, in milliseconds since 1970-01-01 UTC. */
  readonly changedAtMs: number
}

interface Look<Content> extends Sight<Content> {
  readonly state: string | undefined
  /** Of the newest generation, whole or not. */
  readonly newest: number
  /** Why this version is in no history. */
  readonly unrecorded?: PointsmanError
  readonly at: number
}

/**
 * A document that people may edit in a file, and its history beside. What stands in the history is what counts: a write
 * is done as soon as its generation has its name, and the file follows. A file that says something else than the newest
 * generation was edited by hand, unless a draft stands by that was to take its place; the edit becomes the next
 * generation. The history is read before the file, always: then what looks like an edit and is a later version by now
 * fails to become a generation, since its number is taken.
 */
export class KeptDocument<Content> {
  private readonly file: WorkingFile
  private readonly history: Generations
  private readonly codec: Codec<Content>
  private readonly troubles: Troubles
  private latest: Look<Content> | undefined

  constructor(file: WorkingFile, history: Generations, codec: Codec<Content>, report: StoreReport) {
    this.file = file
    this.history = history
    this.codec = codec
    this.troubles = new Troubles(report)
  }

  /**
   * What the document says now; an edit that is new becomes a version of its own.
   * @throws PointsmanError STORE_LOST when files cannot be read
   */
  async look(): Promise<Sight<Content>> {
    return this.guarded(() => this.lookUntilSettled())
  }

  /**
   * Writes a new version, or nothing.
   * @param content undefined removes it
   * @param expected the version that is replaced; undefined when there must be none
   * @param id for `versionOf`
   * @returns the new version
   * @throws PointsmanError STORE_CONFLICT, STORE_LOST; STORE_BROKEN when somebody's edit would be lost that cannot be read
   */
  async replace(
    content: Content | undefined,
    expected: number | undefined,
    id: string = randomUUID(),
  ): Promise<number> {
    return this.guarded(async () => {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const seen = await this.lookUntilSettled()
        this.check(seen, expected)
        const version = await this.write(content, seen, id)
        if (version !== undefined) return version
      }
      throw this.contested()
    })
  }

  /**
   * The version that `replace` has written for this id; undefined when it wrote none that is still kept.
   * @throws PointsmanError STORE_LOST when files cannot be read
   */
  async versionOf(id: string): Promise<number | undefined> {
    return this.guarded(() => this.history.versionOf(id))
  }

  private check(seen: Look<Content>, expected: number | undefined): void {
    const { path } = this.file
    const [problem] = seen.problems
    if (problem)
      throw new PointsmanError('STORE_BROKEN', `${path} ${wordsOf(problem)}: mend it first`)
    if (seen.unrecorded) throw seen.unrecorded
    const current = seen.content === undefined ? undefined : seen.version
    if (current === expected) return
    const [is, was] = [current, expected].map((each) => (each === undefined ? 'none' : `${each}`))
    throw new PointsmanError('STORE_CONFLICT', `${path} has version ${is} by now, not ${was}`)
  }

  /** @returns undefined when another was faster */
  private async write(
    content: Content | undefined,
    seen: Look<Content>,
    id: string,
  ): Promise<number | undefined> {
    const document = content === undefined ? undefined : this.codec.write(content)
    const bundle = bundleOf(document, seen.newest + 1, id)
    const draft = await this.history.prepare(bundle)
    try {
      await this.file.prepare(bundle.id, document)
    } catch (error) {
      await this.history.discard(draft)
      throw error
    }
    // From here on it is for the one who finds the drafts to tell whether there is a generation that they belong to.
    if (await this.history.publish(draft, bundle.version)) {
      await this.file.apply(bundle.id, document === undefined, seen)
      return bundle.version
    }
    await this.file.discard(bundle.id)
    return undefined
  }

  private async lookUntilSettled(): Promise<Look<Content>> {
    if (this.latest && (await this.isStill(this.latest))) return this.latest
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      this.latest = await this.lookOnce()
      if (this.latest) return this.latest
    }
    throw this.contested()
  }

  private contested(): PointsmanError {
    return new PointsmanError('STORE_LOST', `${this.file.path} changes faster than it can be read`)
  }

  private async isStill(look: Look<Content>): Promise<boolean> {
    if (look.unrecorded && Date.now() - look.at > RETRY_MS) return false
    const versions = await this.history.versions()
    return (versions.at(-1) ?? -1) === look.newest && (await this.file.state()) === look.state
  }

  /** @returns undefined when it changed meanwhile */
  private async lookOnce(): Promise<Look<Content> | undefined> {
    const newest = await this.history.newest((bundle) => this.refusalOf(bundle))
    this.tellDamage(newest)
    const { bundle } = newest
    if (bundle && bundle.version === newest.version)
      await this.file.apply(bundle.id, bundle.content === undefined).catch(ignoreReadOnly)
    const text = await this.file.read()
    const kept = bundle?.content === undefined ? undefined : this.contentOf(bundle.content)
    const read = this.readText(text)
    const look = {
      version: bundle?.version ?? -1,
      content: kept,
      problems: 'problems' in read ? read.problems : [],
      changedAtMs: text?.changedAtMs ?? 0,
      state: text?.state,
      newest: newest.version,
      at: Date.now(),
    }
    if ('problems' in read || this.isSame(read.content, kept)) return look
    return this.record(read.content, look)
  }

  private async record(
    content: Content | undefined,
    look: Look<Content>,
  ): Promise<Look<Content> | undefined> {
    const version = look.newest + 1
    try {
      const document = content === undefined ? undefined : this.codec.write(content)
      const draft = await this.history.prepare(bundleOf(document, version, randomUUID()))
      if (!(await this.history.publish(draft, version))) return undefined
      this.troubles.tell(this.history.folder, undefined)
      return { ...look, version, content, newest: version }
    } catch (error) {
      const why = `${this.history.folder} cannot be written: ${reasonOf(error)}`
      const unrecorded = new PointsmanError('STORE_LOST', why, error)
      this.troubles.tell(this.history.folder, unrecorded)
      return { ...look, version: this.versionOfUnrecorded(content, version), content, unrecorded }
    }
  }

  /** Counts on, so that who watches sees one version per edit. */
  private versionOfUnrecorded(content: Content | undefined, version: number): number {
    const { latest } = this
    if (!latest?.unrecorded || latest.version < version) return version
    return this.isSame(latest.content, content) ? latest.version : latest.version + 1
  }

  private readText(text: WorkingText | undefined): Read<Content | undefined> {
    if (!text) return { content: undefined }
    return text.problems.length > 0 ? text : this.codec.read(text.document)
  }

  private contentOf(document: unknown): Content | undefined {
    const read = this.codec.read(document)
    return 'content' in read ? read.content : undefined
  }

  private isSame(a: Content | undefined, b: Content | undefined): boolean {
    if (a === undefined || b === undefined) return a === b
    return JSON.stringify(this.codec.write(a)) === JSON.stringify(this.codec.write(b))
  }

  private refusalOf({ content }: Bundle): string | undefined {
    if (content === undefined) return undefined
    const read = this.codec.read(content)
    const [problem] = 'problems' in read ? read.problems : []
    return problem && wordsOf(problem)
  }

  private tellDamage({ damaged }: Newest): void {
    const errors = new Map(damaged.map((each) => [this.history.pathOf(each.version), each.error]))
    this.troubles.clear((subject) => subject === this.history.folder || errors.has(subject))
    for (const [subject, error] of errors) this.troubles.tell(subject, error)
  }

  private async guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof PointsmanError) throw error
      throw new PointsmanError('STORE_LOST', `${this.file.path}: ${systemReason(error)}`, error)
    }
  }
}

function bundleOf(content: unknown, version: number, id: string): Bundle {
  return { version, id, savedAtMs: Date.now(), content }
}

function wordsOf({ path, message }: DocumentProblem): string {
  return path === '' ? message : `${path}: ${message}`
}

function reasonOf(error: unknown): string {
  return error instanceof PointsmanError ? error.message : systemReason(error)
}

/** Where nothing may be written nobody can have left a draft. */
function ignoreReadOnly(error: unknown): void {
  if (nodeCodeOf(error) !== 'EROFS' && nodeCodeOf(error) !== 'EACCES') throw error
}
