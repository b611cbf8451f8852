import { parseXml, XmlElement, XmlError, XmlText } from '@rgrove/parse-xml'
import { Problems, quoted } from '../problems.js'
import type { Legacy } from './notes.js'

/** UTF-16 units of a document. */
const LARGEST_DOCUMENT = 64 * 2 ** 20

/** How deep elements may be nested; the parser would go on until the stack is full. */
export const DEEPEST_ELEMENTS = 1200

/** Where what begins at `from` is over; the end of the text when it never is. */
function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from)
  return at < 0 ? text.length : at + mark.length
}

/** Where a tag is over: the first `>` outside of quotes. */
function endOfTag(text: string, from: number): number {
  let quote = ''
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at)
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '"' || character === "'") quote = character
    else if (character === '>') return at + 1
  }
  return text.length
}

/** How deep the elements of a text are nested, as far as it is well-formed. Linear in its length. */
export function deepestElement(text: string): number {
  let depth = 0
  let deepest = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    if (text.startsWith('<!--', at)) at = endOf(text, '-->', at + 4)
    else if (text.startsWith('<![CDATA[', at)) at = endOf(text, ']]>', at)
    else if (text.startsWith('<?', at)) at = endOf(text, '?>', at)
    else if (text.startsWith('</', at)) {
      depth--
      at += 2
    } else {
      deepest = Math.max(deepest, ++depth)
      at = endOfTag(text, at)
      if (text.startsWith('/>', at - 2)) depth--
    }
  }
  return deepest
}

/** An element of Redirector's XML form, which reports what nobody asked it for. */
export class LegacyElement {
  readonly name: string
  readonly path: string
  readonly notes: Problems
  private readonly element: XmlElement

  constructor(element: XmlElement, path: string, notes: Problems) {
    this.element = element
    this.name = element.name
    this.path = path
    this.notes = notes
  }

  note(code: string, message: string): void {
    this.notes.add(code, this.path, message)
  }

  /** Everything inside, in its order. */
  get children(): readonly LegacyElement[] {
    const counts = new Map<string, number>()
    return this.element.children.flatMap((child) => {
      if (!(child instanceof XmlElement)) return []
      const count = (counts.get(child.name) ?? 0) + 1
      counts.set(child.name, count)
      return [new LegacyElement(child, `${this.path}/${child.name}[${count}]`, this.notes)]
    })
  }

  /** Trimmed; an empty one counts as absent. */
  attribute(name: string): string | undefined {
    const text = this.element.attributes[name]?.trim() ?? ''
    return text === '' ? undefined : text
  }

  /** As it stands there, for attributes to which blanks mean something; empty when there is none. */
  exactAttribute(name: string): string {
    return this.element.attributes[name] ?? ''
  }

  /** Whether an attribute says so; what is neither yes nor no is reported. */
  flag(name: string, otherwise: boolean): boolean {
    const text = this.attribute(name)?.toLowerCase()
    if (text === undefined) return otherwise
    if (text !== 'true' && text !== 'false') {
      const message = `${name} must be true or false, and is ${quoted(text)}; ${otherwise} is taken`
      this.note('ValueUnreadable', message)
      return otherwise
    }
    return text === 'true'
  }

  /** The text directly inside, trimmed. */
  get text(): string {
    const texts = this.element.children.filter((child) => child instanceof XmlText)
    return texts
      .map((child) => child.text)
      .join('')
      .trim()
  }

  /** The first child of that name. */
  child(name: string): LegacyElement | undefined {
    return this.all(name)[0]
  }

  all(name: string): readonly LegacyElement[] {
    return this.children.filter((child) => child.name === name)
  }

  /** The text of the first child of that name; an empty one counts as absent. */
  textOf(name: string): string | undefined {
    const text = this.child(name)?.text ?? ''
    return text === '' ? undefined : text
  }

  /** Reports every other child, and every one that stands there again. */
  expect(once: readonly string[], often: readonly string[] = []): void {
    const seen = new Set<string>()
    for (const child of this.children) {
      if (often.includes(child.name)) continue
      if (!once.includes(child.name))
        child.note('UnknownElement', `${quoted(child.name)} is no part of ${this.name}; left out`)
      else if (seen.has(child.name))
        child.note('RepeatedElement', `${quoted(child.name)} stands there again; left out`)
      seen.add(child.name)
    }
  }

  /** Reports every other attribute. */
  expectAttributes(known: readonly string[]): void {
    for (const name of Object.keys(this.element.attributes))
      if (!known.includes(name) && !name.startsWith('xmlns'))
        this.note('UnknownAttribute', `${quoted(name)} is no attribute of ${this.name}; left out`)
  }
}

function refusal(code: string, message: string): Legacy<never> {
  return { problems: [{ code, path: '', message }] }
}

function parsed(text: string): XmlElement | undefined {
  // The parser does this for each line break at a time, in quadratic time.
  const { root } = parseXml(text.replace(/\r\n?/g, '\n'))
  return root ?? undefined
}

/**
 * Reads a document.
 * @param roots what its outermost element may be called
 * @param part reads it; undefined when it cannot be read, with the reason as the last of the notes
 */
export function readXml<Content>(
  text: string,
  roots: readonly string[],
  part: (root: LegacyElement) => Content | undefined,
): Legacy<Content> {
  if (text.length > LARGEST_DOCUMENT)
    return refusal('TooLarge', `has ${text.length} characters; ${LARGEST_DOCUMENT} are the most`)
  if (/<!DOCTYPE/i.test(text)) return refusal('XmlInvalid', 'a document type is not read')
  if (deepestElement(text) > DEEPEST_ELEMENTS)
    return refusal('TooDeep', `elements are nested more than ${DEEPEST_ELEMENTS} deep`)
  try {
    const root = parsed(text)
    const name = root?.name ?? ''
    if (!root || !roots.includes(name))
      return refusal('XmlInvalid', `must be ${roots.join(' or ')}, and is ${quoted(name)}`)
    const notes = new Problems()
    const content = part(new LegacyElement(root, `/${name}`, notes))
    return content === undefined ? { problems: notes.list } : { content, notes: notes.list }
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    const [what = ''] = error.message.split('\n')
    return refusal('XmlInvalid', `no well-formed XML: ${what}`)
  }
}
