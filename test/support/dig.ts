import { execFile } from 'node:child_process'

/** One record as `dig` prints it. */
export interface DugRecord {
  readonly name: string
  readonly ttl: number
  readonly type: string
  readonly data: string
}

/** What `dig` says of a response. */
export interface Dug {
  readonly status: string
  readonly flags: readonly string[]
  readonly answer: readonly DugRecord[]
  readonly authority: readonly DugRecord[]
  /** Bytes of the message. */
  readonly size: number
  readonly text: string
}

function recordsIn(text: string, section: string): readonly DugRecord[] {
  const [, lines = ''] = new RegExp(`;; ${section} SECTION:\\n((?:[^;\\n].*\\n)*)`).exec(text) ?? []
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', ttl = '', , type = '', ...data] = line.split(/\s+/)
      return { name, ttl: Number(ttl), type, data: data.join(' ') }
    })
}

/**
 * Asks a server of 127.0.0.1 with Debian's `dig`, once, and waits three seconds.
 * @param args as on its command line; the server's port is the only thing that they need not say
 */
export function dig(port: number, ...args: readonly string[]): Promise<Dug> {
  const all = ['@127.0.0.1', '-p', String(port), '+tries=1', '+time=3', ...args]
  return new Promise((resolve, reject) => {
    execFile('dig', all, (error, text) => {
      if (error) {
        reject(new Error(`dig ${all.join(' ')}: ${text}`, { cause: error }))
        return
      }
      resolve({
        status: /status: (\w+)/.exec(text)?.[1] ?? '',
        flags: (/;; flags: ([^;]*);/.exec(text)?.[1] ?? '').split(' '),
        answer: recordsIn(text, 'ANSWER'),
        authority: recordsIn(text, 'AUTHORITY'),
        size: Number(/MSG SIZE {2}rcvd: (\d+)/.exec(text)?.[1]),
        text,
      })
    })
  })
}
