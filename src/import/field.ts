import { isMap, isScalar, isSeq } from 'yaml'
import type { Place } from './report.js'
import { Section } from './section.js'
import type { Case, Content, YamlFile } from './yaml-file.js'

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['0', false],
])

/** One value in a file. What is not of the kind that is asked for is reported, and given as undefined. */
export class Field {
  readonly place: Place
  private readonly file: YamlFile
  private readonly content: Content

  constructor(file: YamlFile, content: Content, place: Place) {
    this.file = file
    this.content = content
    this.place = place
  }

  /** Whether there is nothing, or `null`. */
  get isBlank(): boolean {
    return this.content === null || (isScalar(this.content) && this.content.value === null)
  }

  get isList(): boolean {
    return isSeq(this.content)
  }

  get isMap(): boolean {
    return isMap(this.content)
  }

  /** Whether it says no more than leaving it out would: nothing, false, 0 or an empty text. */
  get isVoid(): boolean {
    if (isSeq(this.content) || isMap(this.content)) return this.content.items.length === 0
    return (
      this.isBlank || ['', '0', 'false', 'no', 'off'].includes(this.text()?.toLowerCase() ?? '')
    )
  }

  /** A text, or a number or a boolean as it is written. */
  text(): string | undefined {
    if (!isScalar(this.content)) {
      this.lost('must be a text')
      return undefined
    }
    const { value, source } = this.content
    return typeof value === 'string' ? value : (source ?? String(value))
  }

  /** A number that is not negative, in quotes or not. */
  number(): number | undefined {
    const text = isScalar(this.content) ? this.text()?.trim() : undefined
    if (text !== undefined && /^(\d+\.?\d*|\.\d+)$/.test(text)) return Number(text)
    this.lost('must be a number that is not negative')
    return undefined
  }

  /** `true` or `false`, in whatever spelling. */
  flag(): boolean | undefined {
    const text = isScalar(this.content) ? this.text()?.trim().toLowerCase() : undefined
    const flag = FLAGS.get(text ?? '')
    if (flag === undefined) this.lost('must be true or false')
    return flag
  }

  /** The items of a list. */
  items(): readonly Field[] | undefined {
    if (!isSeq(this.content)) {
      this.lost('must be a list')
      return undefined
    }
    return this.content.items.map((item, index) => {
      const place = this.file.placeOf(item, `${this.place.key}[${index}]`)
      return new Field(this.file, this.file.follow(item), place)
    })
  }

  /** Keys and values. */
  section(namesCase: Case): Section | undefined {
    if (!isMap(this.content)) {
      this.lost('must be keys and values')
      return undefined
    }
    const prefix = this.place.key === '' ? '' : `${this.place.key}.`
    const fields = this.file
      .entriesOf(this.content)
      .map(({ name, key, value }): [string, Field] => [
        name,
        new Field(this.file, this.file.follow(value), this.file.placeOf(key, prefix + name)),
      ])
    return new Section(this, fields, namesCase)
  }

  /** Reports it, or a key below it that is not there. */
  lost(why: string, key = this.place.key): void {
    this.file.report.lost({ ...this.place, key }, why)
  }
}
