/** One kind of request under load. */
export interface LoadCase {
  readonly name: string
  readonly title: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Bytes of request body. */
  readonly requestBytes: number
  /** What the target answers, to the byte; a number stands for so many zero bytes. */
  readonly response: string | number
  /** Keep-alive connections from the load generator. */
  readonly connections: number
  /** An answer that takes longer is an error. */
  readonly timeoutSeconds: number
  /** Who takes part beside the servers. */
  readonly others: readonly ('node-peer' | 'variant' | 'bare')[]
}

const SMALL = { method: 'GET', path: '/small', requestBytes: 0, response: 'x'.repeat(120) } as const

/** Every case, in the order of the report. */
export const CASES: readonly LoadCase[] = [
  {
    name: 'get-120b',
    title: 'GET 120 bytes',
    ...SMALL,
    connections: 64,
    timeoutSeconds: 2,
    others: ['node-peer', 'variant', 'bare'],
  },
  {
    name: 'get-64k',
    title: 'GET 64 KiB',
    method: 'GET',
    path: '/large',
    requestBytes: 0,
    response: 65_536,
    connections: 64,
    timeoutSeconds: 2,
    others: ['node-peer'],
  },
  {
    name: 'post-16k',
    title: 'POST 16 KiB',
    method: 'POST',
    path: '/upload',
    requestBytes: 16_384,
    response: 'received 16384 bytes\n',
    connections: 64,
    timeoutSeconds: 2,
    others: ['node-peer'],
  },
  {
    name: 'get-120b-1',
    title: 'GET 120 bytes',
    ...SMALL,
    connections: 1,
    timeoutSeconds: 2,
    others: [],
  },
  {
    name: 'get-120b-1000',
    title: 'GET 120 bytes',
    ...SMALL,
    connections: 1000,
    timeoutSeconds: 2,
    others: [],
  },
  {
    name: 'get-1m',
    title: 'GET 1 MiB',
    method: 'GET',
    path: '/larger',
    requestBytes: 0,
    response: 2 ** 20,
    connections: 64,
    timeoutSeconds: 2,
    others: [],
  },
  {
    name: 'get-1g',
    title: 'GET 1 GiB',
    method: 'GET',
    path: '/largest',
    requestBytes: 0,
    response: 2 ** 30,
    connections: 4,
    timeoutSeconds: 30,
    others: [],
  },
]
