import type { ReadingOptions } from '../faces/proxy/transport/wire/reading.js'
import type { OurReading, Understood } from '../faces/proxy/transport/wire/understood.js'

/** One response that we and Node's client do not read alike. */
export interface Difference {
  /** Up to where we take it to end, if we understand it; else all there was. */
  readonly text: string
  readonly options: ReadingOptions
  readonly ours: OurReading
  readonly nodes: Understood | undefined
  /** Why we refuse it, if we do. */
  readonly refusal: string | undefined
}

interface Kind {
  /** Why we are right. */
  readonly why: string
  is(difference: Difference): boolean
}

/** Of refusals of ours, this one, of a text like this. */
function refused(what: string, pattern: RegExp, why: string): Kind {
  return {
    why,
    is: ({ refusal, text }) => refusal?.endsWith(what) === true && pattern.test(text),
  }
}

/** What we refuse and Node's client believes. */
export const STRICTER: Readonly<Record<string, Kind>> = {
  'another coding than chunked': refused(
    ': its framing',
    /^transfer-encoding:[ \t]*(?!chunked[ \t]*\r$)/im,
    'RFC 9112 §6.1: nobody asked for one; Node reads on until the connection ends',
  ),
  'chunked twice': refused(
    ': its framing',
    /^transfer-encoding:[^]*^transfer-encoding:/im,
    'RFC 9112 §6.1: not more than once',
  ),
  'chunked from HTTP/1.0': refused(
    ': its framing',
    /^HTTP\/1\.0 [^]*^transfer-encoding:/im,
    'RFC 9112 §6.1: its framing is faulty, even if there is a length',
  ),
  'a length of many digits': refused(
    ': its framing',
    /^content-length:[ \t]*\d{16,}[ \t]*\r$/im,
    'RFC 9110 §8.6: lengths that cannot be counted exactly; nobody writes so many zeros',
  ),
  'a status below 100': refused(': its status line', /^HTTP\/1\.[01] 0\d\d/m, 'RFC 9110 §15'),
  'a control byte in the reason': refused(
    ': its status line',
    // eslint-disable-next-line no-control-regex
    /^HTTP\/1\.[01] \d{3} [^\r\n]*[\0-\x08\x0b-\x0c\x0e-\x1f\x7f]/m,
    'RFC 9112 §4',
  ),
  'a bare CR in the status line': {
    why: 'RFC 9112 §2.2: a bare CR ends no line; Node takes it for the end of this one',
    is: ({ text }) => /^HTTP\/1\.[01] \d{3}[^\r\n]*\r[^\n]/m.test(text),
  },
  'another version': refused(': its status line', /^HTTP\/(?!1\.[01])\d\.\d /m, 'RFC 9112 §2.3'),
  'an empty line before the status line': refused(
    ': its status line',
    /(?:^|\r\n\r\n)[\r\n]+HTTP/,
    'RFC 9112 §2.2: only before requests',
  ),
  '101 that nobody asked for': refused(
    ': 101 without a request for it',
    /^HTTP\/1\.1 101/m,
    'RFC 9110 §7.8: a server must not switch to what the client did not name',
  ),
  '101 that names no protocol': refused(
    ': 101 without its fields',
    /^HTTP\/1\.1 101/m,
    'RFC 9110 §7.8 and §15.2.2: Upgrade, which Connection lists; Node takes it for a final response',
  ),
  'an interim response from HTTP/1.0': refused(
    ': HTTP/1.0 has no such status',
    /^HTTP\/1\.0 1/m,
    'RFC 9110 §15.2',
  ),
  'a chunk size of many digits': refused(
    ': its chunks',
    /^[0-9a-f]{13,}(?:;[^\r\n]*)?\r$/im,
    'RFC 9112 §7.1: no size that could overflow; nobody writes so many zeros',
  ),
}

function differsOnlyInReuse({ ours, nodes }: Difference): boolean {
  if (!ours.understood || !nodes || 'switched' in nodes || 'switched' in ours.understood)
    return false
  const isReusable = ours.understood.isReusable
  return JSON.stringify({ ...nodes, isReusable }) === JSON.stringify(ours.understood)
}

function isKept({ ours }: Difference): boolean {
  return (
    ours.understood !== undefined && 'isReusable' in ours.understood && ours.understood.isReusable
  )
}

/** What both understand, and only one would use the connection again. */
export const REUSE: Readonly<Record<string, Kind>> = {
  'a connection of HTTP/1.0 that would be kept': {
    why: 'RFC 9112 §9.3 leaves it to us',
    is: (it) => differsOnlyInReuse(it) && !isKept(it) && /(?:^|\r\n\r\n)HTTP\/1\.0/.test(it.text),
  },
  'an answer to HEAD that says nothing of a body': {
    why: 'RFC 9112 §6.3: it ends with its head, whatever its fields say, and §9.3: the connection goes on',
    is: (it) => differsOnlyInReuse(it) && isKept(it) && it.options.isHead === true,
  },
}

/** What Node's client gets wrong: said in the way that it knows, it must be the same to both. */
export const REWORDED: Readonly<
  Record<string, { readonly why: string; readonly reworded: (text: string) => string }>
> = {
  'a tab behind what frames it': {
    why: 'RFC 9110 §5.5: blanks around a value are none of it',
    reworded: (text) =>
      text.replace(/^((?:content-length|transfer-encoding):[^\r\n]*?)[ \t]+\r$/gim, '$1\r'),
  },
  'a tab in a list': {
    why: 'RFC 9110 §5.6.1: blanks around its members are none of them',
    reworded: (text) =>
      text.replace(/^connection:[^\r\n]*/gim, (line) => line.replaceAll('\t', ' ')),
  },
  'an extension of a chunk': {
    why: 'RFC 9112 §7.1.1: those that are not known are ignored; nothing hangs on what they say',
    reworded: (text) => text.replace(/^([0-9a-f]+);[^\r\n]*\r$/gim, '$1\r'),
  },
  'an interim response that speaks of the end': {
    why: 'RFC 9110 §15.2: the final response is still to come, and RFC 9112 §9.3: it says what becomes of the connection',
    reworded: (text) =>
      text.replace(/^HTTP\/1\.1 1\d\d[^]*?\r\n\r\n/gm, (head) =>
        head.replace(/^connection:/gim, 'X:'),
      ),
  },
  'a trailer by the name of a framing field': {
    why: 'RFC 9110 §6.5.1: trailers frame nothing; none of these is passed on',
    reworded: (text) => {
      const at = text.search(/^0+\r\n(?:[^\r\n]+\r\n)+\r\n$/m)
      const trailers = text.slice(at).replace(/^(?:content-length|transfer-encoding):/gim, 'X:')
      return at < 0 ? text : text.slice(0, at) + trailers
    },
  },
}
