import { test } from 'tap'
import type { BodyReader } from '../../../../src/faces/proxy/client-message.js'
import { Http1Request, type BodySource } from '../../../../src/faces/proxy/http1/http1-request.js'
import type { BodyFraming } from '../../../../src/faces/proxy/transport/transport.js'

const SOURCE: BodySource = {
  maxHeadBytes: 16_384,
  resumeReading: () => undefined,
  pauseReading: () => undefined,
  bodyRead: () => undefined,
  handOver: () => {
    throw new Error('that is for upgrades')
  },
}

/** A reader that has enough with each piece. */
class Sated implements BodyReader {
  readonly seen: string[] = []

  onPiece(chunk: Buffer): boolean {
    this.seen.push(chunk.toString('latin1'))
    return false
  }

  onBodyComplete(): void {
    this.seen.push('complete')
  }
}

const BODIES: readonly (readonly [framing: BodyFraming, wire: string])[] = [
  [5, 'hello'],
  ['chunked', '5\r\nhello\r\n0\r\n\r\n'],
]

test('a body is complete, even if its last piece was enough for now', (t) => {
  for (const [framing, wire] of BODIES) {
    const head = { method: 'PUT', url: '/', version: '1.1', fields: [] } as const
    const request = new Http1Request(SOURCE, head)
    const reader = new Sated()
    const bytes = Buffer.from(wire, 'latin1')
    request.expectBody(framing)
    request.readBody(reader)
    const at = request.take(bytes, 0)
    if (!request.isRead) {
      request.readBody(reader)
      request.take(bytes, at)
    }
    t.strictSame(reader.seen, ['hello', 'complete'], String(framing))
    t.ok(request.isRead)
  }
  t.end()
})
