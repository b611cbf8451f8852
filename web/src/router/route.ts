import { computed, signal, type ReadonlySignal } from '@preact/signals'

/** Where one is: what stands behind the `#` of the address. */
export interface Route {
  /** Decoded, without empty ones: `#/applications/shop/rules` has three. */
  readonly segments: readonly string[]
  readonly query: URLSearchParams
}

/** Values of the parts of a pattern that begin with a colon. */
export type RouteParams = Readonly<Record<string, string>>

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** @param hash as `location.hash` has it */
export function parseHash(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s)
  const segments = path.split('/').filter(Boolean).map(decoded)
  return { segments, query: new URLSearchParams(query) }
}

const hash = signal(location.hash)
addEventListener('hashchange', () => (hash.value = location.hash))

/** Where one is at present. */
export const route: ReadonlySignal<Route> = computed(() => parseHash(hash.value))

/**
 * An address for `href`, with each value encoded: `linkTo('applications', name, 'rules')`.
 * @param query left out when it is empty
 */
export function linkTo(segments: readonly string[], query: Record<string, string> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== '')
  const path = segments.map(encodeURIComponent).join('/')
  const tail = given.length > 0 ? `?${new URLSearchParams(given).toString()}` : ''
  return `#/${path}${tail}`
}

/** Goes to an address of `linkTo`. @param way `replace` leaves no step in the history */
export function navigate(link: string, way: 'push' | 'replace' = 'push'): void {
  if (way === 'push') location.hash = link
  else {
    history.replaceState(null, '', link)
    hash.value = link
  }
}

/** @param pattern `applications/:app/rules`; what begins with a colon matches any one segment */
export function matchRoute(pattern: string, segments: readonly string[]): RouteParams | undefined {
  const parts = pattern.split('/')
  if (parts.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, part] of parts.entries()) {
    const segment = segments[i] ?? ''
    if (part.startsWith(':')) params[part.slice(1)] = segment
    else if (part !== segment) return undefined
  }
  return params
}
