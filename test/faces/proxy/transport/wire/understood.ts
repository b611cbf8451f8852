import type { ErrorCode } from '../../../../../src/core/errors.js'
import { read, type Reading, type ReadingOptions } from './reading.js'

type Informational = readonly [status: number, ...fields: string[]]

/** What bytes mean to whoever reads them as the response to a request. */
export type Understood =
  | {
      readonly informational: readonly Informational[]
      readonly status: number
      readonly reason: string
      readonly fields: readonly string[]
      readonly body: string
      readonly trailers: readonly string[]
      /** The connection can carry another request. */
      readonly isReusable: boolean
    }
  | {
      readonly informational: readonly Informational[]
      readonly switched: readonly string[]
      /** What belongs to the other protocol already. */
      readonly early: string
    }

function told({ events }: Reading, wanted: string): readonly (readonly unknown[])[] {
  return events.flatMap(([name, ...rest]) => (name === wanted ? [rest] : []))
}

function bodyOf(reading: Reading): string {
  return told(reading, 'data').join('')
}

/** Our parser's reading; `understood` is missing when it is refused or not whole. */
export interface OurReading {
  readonly understood: Understood | undefined
  /** Undefined when it was not refused, though it may not be whole. */
  readonly error: ErrorCode | undefined
  /** Characters up to the end of the response. */
  readonly size: number
}

/** What our parser makes of bytes (latin1) that come in these pieces, after which the connection ends. */
export function readByUs(pieces: readonly string[], options: ReadingOptions): OurReading {
  const buffers = pieces.map((piece) => Buffer.from(piece, 'latin1'))
  const reading = read(buffers, options)
  const total = buffers.reduce((sum, { length }) => sum + length, 0)
  return {
    understood: understood(reading, buffers),
    error: reading.error,
    size: total - reading.leftover,
  }
}

function understood(reading: Reading, buffers: readonly Buffer[]): Understood | undefined {
  if (!reading.isWhole || reading.error) return undefined
  // The events are told with the values named here.
  const informational = told(reading, 'informational') as Informational[]
  const switching = told(reading, 'switching')[0]
  if (switching) {
    const all = Buffer.concat(buffers)
    const early = all.toString('latin1', all.length - reading.leftover)
    return { informational, switched: switching.slice(1) as string[], early }
  }
  const [head] = told(reading, 'head')
  if (!head) return undefined
  return {
    informational,
    status: head[0] as number,
    reason: head[1] as string,
    fields: head.slice(3) as string[],
    body: bodyOf(reading),
    trailers: told(reading, 'complete').flat() as string[],
    isReusable: reading.persistent,
  }
}
