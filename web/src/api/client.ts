import type { ProblemView } from '../../../src/manage/api/problem.js'
import { signInAgain } from '../state/session.js'
import { toldReachable } from '../offline/connection.js'
import { ApiError, isOutage, UnreachableError } from './api-error.js'

const DEADLINE_MS = 30_000

/** What can be said of a request beside its method and path. */
export interface RequestOptions {
  /** Sent as JSON. */
  readonly body?: unknown
  /** A zip archive that is sent in place of JSON. */
  readonly archive?: Blob
  /** The ETag of what is replaced, as an answer had it. */
  readonly ifMatch?: string | undefined
  /** Whether nothing may be there yet. */
  readonly isNew?: boolean
  /** Of `newAttempt`, for what is to be done once although its answer may be lost. */
  readonly attempt?: string
  readonly signal?: AbortSignal | undefined
  /** Whether 401 is an answer like others, and nobody is asked to sign in. */
  readonly isSignIn?: boolean
}

/** What came back. */
export interface Answer<T> {
  /** Null when the answer has none. */
  readonly body: T
  readonly etag: string | undefined
}

async function exchange(method: string, path: string, options: RequestOptions): Promise<Response> {
  const { body, archive, ifMatch, isNew, attempt, signal } = options
  const headers = new Headers({ accept: 'application/json' })
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (archive) headers.set('content-type', 'application/zip')
  if (ifMatch !== undefined) headers.set('if-match', ifMatch)
  if (isNew) headers.set('if-none-match', '*')
  if (attempt !== undefined) headers.set('idempotency-key', `"${attempt}"`)
  const deadline = AbortSignal.timeout(DEADLINE_MS)
  try {
    const response = await fetch(path, {
      method,
      headers,
      body: archive ?? (body === undefined ? null : JSON.stringify(body)),
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      cache: 'no-store',
    })
    toldReachable(!isOutage(response.status))
    return response
  } catch (error) {
    signal?.throwIfAborted()
    toldReachable(false)
    const why = deadline.aborted
      ? 'It did not answer in time.'
      : 'Is it running, and the network up?'
    throw new UnreachableError(`The service cannot be reached. ${why}`, { cause: error })
  }
}

async function problemOf(response: Response): Promise<ProblemView> {
  const { status, statusText } = response
  const told = { type: 'about:blank', title: statusText || `Status ${status}`, status }
  const body: unknown = await response.json().catch(() => undefined)
  // Of whatever stands between, such as a proxy, any body may come; of ours it is a ProblemView.
  return typeof body === 'object' ? { ...told, ...(body as Partial<ProblemView>), status } : told
}

/**
 * One request to the service. Where the session is over, people are asked to sign in, and it is sent once more.
 * @param path as on the wire, parts of it encoded
 * @throws ApiError for what the service refuses, UnreachableError, or the reason of the signal
 */
export async function request<T>(
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Answer<T>> {
  let response = await exchange(method, path, options)
  if (response.status === 401 && !options.isSignIn) {
    await signInAgain(options.signal)
    response = await exchange(method, path, options)
  }
  if (!response.ok) throw new ApiError(await problemOf(response))
  const text = await response.text()
  // The service checks what it answers against the schema whose type the caller names.
  const body = (text === '' ? null : JSON.parse(text)) as T
  return { body, etag: response.headers.get('etag') ?? undefined }
}

/** What is at a path. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await request<T>('GET', path, { signal })).body
}

/** All of what is listed at a path. */
export async function getItems<T>(path: string, signal?: AbortSignal): Promise<readonly T[]> {
  return (await get<{ readonly items: readonly T[] }>(path, signal)).items
}

/** A path of encoded segments with a query, of which `undefined` and empty values are left out. */
export function apiPath(
  segments: readonly string[],
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const given = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  )
  const tail = given.length > 0 ? `?${new URLSearchParams(given).toString()}` : ''
  return `/api/${segments.map(encodeURIComponent).join('/')}${tail}`
}
