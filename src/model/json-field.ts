import { LONGEST_TEXT } from './limits.js'
import { below, quoted, type Problems } from './problems.js'

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return 'a text'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * One value of a JSON document, and where it stands. What is not of the kind that is asked for is a problem; a stand-in
 * of that kind is given for it, so that everything else is still looked at.
 */
export class JsonField {
  readonly path: string
  readonly problems: Problems
  private readonly value: unknown

  constructor(value: unknown, path: string, problems: Problems) {
    this.value = value
    this.path = path
    this.problems = problems
  }

  get isNull(): boolean {
    return this.value === null
  }

  get isText(): boolean {
    return typeof this.value === 'string'
  }

  get isNumber(): boolean {
    return typeof this.value === 'number'
  }

  get isList(): boolean {
    return Array.isArray(this.value)
  }

  complain(code: string, message: string): void {
    this.problems.add(code, this.path, message)
  }

  text(): string {
    if (typeof this.value === 'string') return this.bounded(this.value)
    this.wrongType('a text')
    return ''
  }

  flag(code = 'WrongType'): boolean {
    if (typeof this.value === 'boolean') return this.value
    this.wrongType('true or false', code)
    return false
  }

  /** A finite one, with a fraction or without. */
  number(code = 'WrongType'): number {
    if (typeof this.value === 'number' && Number.isFinite(this.value)) return this.value
    this.wrongType('a number', code)
    return 0
  }

  whole(code = 'WrongType'): number {
    if (Number.isSafeInteger(this.value)) return Number(this.value)
    this.wrongType('a whole number', code)
    return 0
  }

  /** One of those; nothing stands in. */
  choice<Choice extends string | number>(
    choices: readonly Choice[],
    code = 'UnknownChoice',
  ): Choice | undefined {
    const chosen = choices.find((choice) => choice === this.value)
    if (chosen === undefined)
      this.complain(code, `must be one of ${choices.join(', ')}, and is ${this.shown()}`)
    return chosen
  }

  /** @param most more are a problem, and not looked at */
  items(most: number): readonly JsonField[] {
    return this.list(most).map(
      (value, index) => new JsonField(value, below(this.path, index), this.problems),
    )
  }

  /** A list of texts; `items` would make an object of each. */
  texts(most: number): readonly string[] {
    return this.list(most).map((value, index) => {
      const isShortText = typeof value === 'string' && value.length <= LONGEST_TEXT
      return isShortText
        ? value
        : new JsonField(value, below(this.path, index), this.problems).text()
    })
  }

  /** Every key with its value, whatever the keys are. */
  entries(most: number): readonly (readonly [key: string, field: JsonField])[] {
    if (!isObject(this.value)) {
      this.wrongType('an object')
      return []
    }
    const entries = Object.entries(this.value)
    if (entries.length > most) {
      this.tooMany(entries.length, most)
      return []
    }
    return entries.map(([key, value]) => [
      key,
      new JsonField(value, below(this.path, key), this.problems),
    ])
  }

  /** Keys and values; undefined when it is something else, which is a problem. */
  object(code = 'WrongType'): JsonObject | undefined {
    if (isObject(this.value)) return new JsonObject(this, this.value)
    this.wrongType('an object', code)
    return undefined
  }

  private list(most: number): readonly unknown[] {
    if (!Array.isArray(this.value)) {
      this.wrongType('a list')
      return []
    }
    if (this.value.length <= most) return this.value
    this.tooMany(this.value.length, most)
    return []
  }

  private bounded(text: string): string {
    if (text.length <= LONGEST_TEXT) return text
    this.complain('TooLarge', `has ${text.length} characters; ${LONGEST_TEXT} are the most`)
    return ''
  }

  private tooMany(count: number, most: number): void {
    this.complain('TooLarge', `has ${count} entries; ${most} are the most`)
  }

  private wrongType(wanted: string, code = 'WrongType'): void {
    this.complain(code, `must be ${wanted}, and is ${this.shown()}`)
  }

  private shown(): string {
    const { value } = this
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    return typeof value === 'string' ? `the text ${quoted(value)}` : kindOf(value)
  }
}

/** The keys and values of an object in a JSON document. */
export class JsonObject {
  private readonly field: JsonField
  private readonly value: Readonly<Record<string, unknown>>

  constructor(field: JsonField, value: Readonly<Record<string, unknown>>) {
    this.field = field
    this.value = value
  }

  /** Every other key is a problem. */
  allow(known: readonly string[]): void {
    for (const key of Object.keys(this.value)) {
      if (known.includes(key)) continue
      const message = `${quoted(key)} is no key of this; there are ${known.join(', ')}`
      this.field.problems.add('UnknownKey', below(this.field.path, key), message)
    }
  }

  /** What stands under a key of its own; undefined when there is nothing. */
  at(key: string): JsonField | undefined {
    if (!Object.hasOwn(this.value, key)) return undefined
    return new JsonField(this.value[key], below(this.field.path, key), this.field.problems)
  }

  /** As `at`; nothing is a problem. */
  need(key: string, code = 'MissedKey'): JsonField | undefined {
    const field = this.at(key)
    if (!field) this.field.problems.add(code, below(this.field.path, key), `${key} is missing`)
    return field
  }

  /** The value of a key that must be there. */
  neededText(key: string, code = 'MissedKey'): string {
    return this.need(key, code)?.text() ?? ''
  }

  text(key: string, otherwise: string): string {
    return this.at(key)?.text() ?? otherwise
  }

  flag(key: string, otherwise: boolean): boolean {
    return this.at(key)?.flag() ?? otherwise
  }

  texts(key: string, most: number): readonly string[] {
    return this.at(key)?.texts(most) ?? []
  }

  items(key: string, most: number): readonly JsonField[] {
    return this.at(key)?.items(most) ?? []
  }
}
