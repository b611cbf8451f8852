import { PointsmanError, type ErrorCode } from '../../../../../src/core/errors.js'
import {
  ResponseParser,
  type ResponseContext,
  type ResponseEvents,
} from '../../../../../src/faces/proxy/transport/wire/response-parser.js'
import type {
  FlatFields,
  ResponseHead,
} from '../../../../../src/faces/proxy/transport/transport.js'

/** What a parser was told of a request, and when it gives up. */
export interface ReadingOptions extends Partial<ResponseContext> {
  readonly maxHeadBytes?: number
}

/** Everything that a parser tells of the bytes of one connection. */
export interface Reading {
  /** In their order; data in one piece between two others. */
  readonly events: readonly (readonly [name: string, ...told: unknown[]])[]
  readonly error: ErrorCode | undefined
  /** Whether the response came whole, if the connection ends behind these bytes. */
  readonly isWhole: boolean
  /** Bytes behind its end. */
  readonly leftover: number
  readonly persistent: boolean
  readonly idleHintMs: number | undefined
}

class Recorder implements ResponseEvents {
  readonly events: [name: string, ...told: unknown[]][] = []

  onInformational(status: number, fields: FlatFields): void {
    this.events.push(['informational', status, ...fields])
  }

  onSwitching(status: number, fields: FlatFields): void {
    this.events.push(['switching', status, ...fields])
  }

  onHead({ status, reason, fields, body }: ResponseHead): void {
    this.events.push(['head', status, reason, body, ...fields])
  }

  onData(chunk: Buffer): void {
    const last = this.events.at(-1)
    const text = chunk.toString('latin1')
    if (last?.[0] === 'data') last[1] = String(last[1]) + text
    else this.events.push(['data', text])
  }

  onComplete(trailers: FlatFields): void {
    this.events.push(['complete', ...trailers])
  }
}

function errorOf(action: () => void): PointsmanError | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (error instanceof PointsmanError) return error
    throw error
  }
}

/** What the parser makes of bytes that come in these pieces, after which the connection ends. */
export function read(pieces: readonly Buffer[], options: ReadingOptions = {}): Reading {
  const { isHead = false, mayUpgrade = false, maxHeadBytes = 16_384 } = options
  const recorder = new Recorder()
  const parser = new ResponseParser(recorder, { isHead, mayUpgrade }, maxHeadBytes)
  let leftover = 0
  let isWhole = false
  const error = errorOf(() => {
    for (const piece of pieces) {
      if (parser.isComplete) leftover += piece.length
      else leftover += piece.length - parser.execute(piece)
    }
    isWhole = parser.finish()
  })
  return { events: recorder.events, error: error?.code, isWhole, leftover, ...parser.connection }
}

/** The same reading with everything that depends on how the bytes were cut left out. */
export function bodyOf({ events }: Reading): string {
  return events.flatMap(([name, text]) => (name === 'data' ? [String(text)] : [])).join('')
}

/** Why the parser refuses bytes that come at once, in its words; undefined when it does not. */
export function refusalOf(bytes: Buffer, options: ReadingOptions): string | undefined {
  const { isHead = false, mayUpgrade = false, maxHeadBytes = 16_384 } = options
  const parser = new ResponseParser(new Recorder(), { isHead, mayUpgrade }, maxHeadBytes)
  return errorOf(() => parser.execute(bytes))?.message
}
