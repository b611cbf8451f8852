/** One kind of request under load. */
export interface LoadCase {
  readonly name: string
  readonly title: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Bytes of request body. */
  readonly requestBytes: number
  /** What the target answers, to the byte. */
  readonly response: string
  /** Keep-alive connections from the load generator. */
  readonly connections: number
}

/** Every case, in the order of the report. */
export const CASES: readonly LoadCase[] = [
  {
    name: 'get-120b',
    title: 'GET 120 bytes',
    method: 'GET',
    path: '/small',
    requestBytes: 0,
    response: 'x'.repeat(120),
    connections: 64,
  },
  {
    name: 'get-64k',
    title: 'GET 64 KiB',
    method: 'GET',
    path: '/large',
    requestBytes: 0,
    response: 'x'.repeat(65_536),
    connections: 64,
  },
  {
    name: 'post-16k',
    title: 'POST 16 KiB',
    method: 'POST',
    path: '/upload',
    requestBytes: 16_384,
    response: 'received 16384 bytes\n',
    connections: 64,
  },
]
