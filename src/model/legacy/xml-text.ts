import { below, Problems, quoted } from '../problems.js'
import type { Written } from './notes.js'
import { DEEPEST_ELEMENTS, deepestElement } from './xml.js'

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

/** What XML 1.0 cannot say at all (section 2.2): most control characters, halves of pairs, and two more. */
const UNSPEAKABLE = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"\t\n\r]/g, (character) => ENTITIES[character] ?? character)
}

/** An element with what is inside of it. Attributes that are undefined are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  ...inside: readonly string[]
): string {
  const said = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escaped(value)}"`],
  )
  const open = `${name}${said.join('')}`
  return inside.length === 0 ? `<${open}/>` : `<${open}>${inside.join('')}</${name}>`
}

/** Writes texts, and reports those that will not be read as they were. Paths are those of our JSON form. */
export class LegacyWriter {
  readonly notes = new Problems()

  /** An element with a text. */
  text(name: string, text: string, path: string): string {
    return element(name, {}, escaped(this.speakable(text, path)))
  }

  /** As `text`; nothing when there is no text. */
  optional(name: string, text: string | undefined, path: string): string {
    return text === undefined || text === '' ? '' : this.text(name, text, path)
  }

  /** One element for each of the texts. */
  texts(name: string, texts: readonly string[], path: string): string {
    return texts.map((text, index) => this.text(name, text, below(path, index))).join('')
  }

  /** The value of an attribute. */
  speakable(text: string, path: string): string {
    const speakable = text.replace(UNSPEAKABLE, '\u{fffd}')
    if (speakable !== text || text.trim() !== text || text === '') {
      const message = `${quoted(text)} will not be read as it is: blanks around it are dropped, and XML has no control characters`
      this.notes.add('TextNotKept', path, message)
    }
    return speakable
  }

  /** The whole document. */
  document(root: string): Written {
    if (deepestElement(root) > DEEPEST_ELEMENTS)
      this.notes.add(
        'TooDeep',
        '',
        `nested deeper than the ${DEEPEST_ELEMENTS} elements that are read`,
      )
    return { text: HEAD + root, notes: this.notes.list }
  }
}
