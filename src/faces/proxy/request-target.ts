/** A request target in its parts; path and query are the client's bytes. */
export interface RequestTarget {
  /** Begins with `/`, or is `*`. */
  readonly path: string
  /** Empty, or begins with `?`. */
  readonly query: string
  /** Of an absolute target, else undefined. */
  readonly authority: string | undefined
}

/** Up to the path; a user in front of the host is of no use to anybody but who wants to mislead. */
const ABSOLUTE = /^https?:\/\/([^/?@]+)(?:[/?]|$)/i
/** Whatever some server or other takes for the end of a segment, `;` as Java's do. */
const DOT_SEGMENT = /(?:^|[/\\])\.{1,2}(?:$|[/\\;])/

/** Whether every character is visible ASCII and none begins a fragment. */
function isClean(url: string): boolean {
  for (let i = 0; i < url.length; i++) {
    const code = url.charCodeAt(i)
    if (code <= 32 || code >= 127 || code === 35) return false
  }
  return true
}

/** Whether there is no control byte in it, with which the request line might end for others. */
export function isOneLine(url: string): boolean {
  for (let i = 0; i < url.length; i++) {
    const code = url.charCodeAt(i)
    if (code < 32 || code === 127) return false
  }
  return true
}

function decodeEscapes(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

/** Whether the path could leave the place that its rule gives it, in the eyes of a target that decodes it. */
function climbs(path: string): boolean {
  if (!path.includes('.') && !path.includes('%')) return false
  return DOT_SEGMENT.test(path.includes('%') ? decodeEscapes(path) : path)
}

/**
 * Takes apart what stands between method and version (RFC 9112 §3.2): origin-form, absolute-form, or `*`.
 * @returns undefined when it must not be passed on
 */
export function parseRequestTarget(url: string): RequestTarget | undefined {
  if (!isClean(url)) return undefined
  const authority = url.startsWith('/') ? undefined : ABSOLUTE.exec(url)?.[1]
  if (authority === undefined && !url.startsWith('/')) {
    return url === '*' ? { path: '*', query: '', authority } : undefined
  }
  // Behind the scheme's `://`, the authority ends where the path begins.
  const rest = authority === undefined ? url : url.slice(url.indexOf('//') + 2 + authority.length)
  const mark = rest.indexOf('?')
  const path = mark < 0 ? rest : rest.slice(0, mark)
  if (climbs(path)) return undefined
  return { path: path === '' ? '/' : path, query: mark < 0 ? '' : rest.slice(mark), authority }
}

const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9\-._~!$&'()*+,;=%]*)(?::[0-9]*)?$/i

let lastField = ''
let lastName: string | undefined = ''

/**
 * The name in a `Host` field, lower-case, without port and without the brackets' content changed.
 * @returns undefined when the field is not a host (RFC 3986 §3.2.2)
 */
export function hostName(field: string): string | undefined {
  // Most requests ask for the host that the one before asked for.
  if (field !== lastField) {
    lastField = field
    lastName = readHostName(field)
  }
  return lastName
}

function readHostName(field: string): string | undefined {
  if (!HOST.test(field)) return undefined
  const colon = field.endsWith(']') ? -1 : field.lastIndexOf(':')
  return (colon < 0 ? field : field.slice(0, colon)).toLowerCase()
}
