import type { IncomingMessage } from 'node:http'

/** What a target saw of a request; also the JSON document it answers with. */
export interface SeenRequest {
  /** Name of the target that answers. */
  readonly target: string
  readonly method: string
  /** The request target as it came, not decoded; `path` and `query` are cut from it at the first `?`. */
  readonly url: string
  readonly path: string
  readonly query: string
  readonly httpVersion: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Every field in the order it came, with its repeats and the case of its name. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[]
  readonly bodyBytes: number
}

/** Describes a request that has been read to its end and had a body of that many bytes. */
export function describe(request: IncomingMessage, target: string, bodyBytes: number): SeenRequest {
  const { method = '', url = '', httpVersion, headers, rawHeaders: flat } = request
  const mark = url.indexOf('?')
  const rawHeaders: [string, string][] = []
  for (let i = 0; i < flat.length; i += 2) rawHeaders.push([flat[i] ?? '', flat[i + 1] ?? ''])
  return {
    target,
    method,
    url,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    httpVersion,
    headers,
    rawHeaders,
    bodyBytes,
  }
}
