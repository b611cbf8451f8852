import { nearest } from '../config/nearest.js'
import type { Field } from './field.js'
import type { Place } from './report.js'
import type { Case } from './yaml-file.js'

/** The keys and values of one map in a file, which know whether they have been read. */
export class Section {
  private readonly self: Field
  private readonly fields = new Map<string, Field>()
  private readonly unread = new Set<string>()
  private readonly namesCase: Case

  /** Of fields with the same name the first one counts; the others are reported. */
  constructor(self: Field, fields: readonly [name: string, field: Field][], namesCase: Case) {
    this.self = self
    this.namesCase = namesCase
    for (const [name, field] of fields) {
      const folded = this.folded(name)
      if (this.fields.has(folded)) field.lost('stands here for the second time')
      else this.fields.set(folded, field)
    }
    for (const folded of this.fields.keys()) this.unread.add(folded)
  }

  get place(): Place {
    return this.self.place
  }

  /** Every key, as it is compared. */
  get names(): readonly string[] {
    return [...this.fields.keys()]
  }

  /** What stands under a key, which counts as read from now on; undefined when there is nothing. */
  take(name: string): Field | undefined {
    this.unread.delete(this.folded(name))
    const field = this.fields.get(this.folded(name))
    return field?.isBlank ? undefined : field
  }

  text(name: string): string | undefined {
    return this.take(name)?.text()
  }

  /** Reports each of the keys that has no value. */
  lacks(names: readonly string[]): boolean {
    const missing = names.filter((name) => this.fields.get(this.folded(name))?.isBlank ?? true)
    for (const name of missing) this.missing(name, 'is required, and missing')
    return missing.length > 0
  }

  /** Reports it as a whole. */
  lost(why: string): void {
    this.self.lost(why)
  }

  /** Reports that a key is not there. */
  missing(name: string, why: string): void {
    const { key } = this.place
    this.self.lost(why, key === '' ? name : `${key}.${name}`)
  }

  /**
   * Reports every key that has not been read and says something.
   * @param known the keys of the format
   * @param why those of them that are there were not read
   */
  finish(known: readonly string[], why: string): void {
    for (const folded of this.unread) {
      const field = this.fields.get(folded)
      if (!field) continue
      const isKnown = known.some((name) => this.folded(name) === folded)
      if (!isKnown) field.lost(this.unknownKey(folded, known))
      else if (!field.isVoid) field.lost(why)
    }
  }

  private folded(name: string): string {
    return this.namesCase === 'counts' ? name : name.toLowerCase()
  }

  private unknownKey(folded: string, known: readonly string[]): string {
    const near = nearest(
      folded,
      known.map((name) => this.folded(name)),
    )
    const meant = known.find((name) => this.folded(name) === near)
    return meant === undefined ? 'is no known key' : `is no known key; did you mean ${meant}?`
  }
}
