import type { Duplex } from 'node:stream'
import type { PointsmanError } from '../../../../core/errors.js'
import type { FlatFields, ResponseHandler, ResponseHead } from '../transport.js'

/** The handler of one exchange behind a door that shuts with its last call: Node's events may still come after it. */
export class Caller implements ResponseHandler {
  private handler: ResponseHandler | undefined
  private isLullDue = false

  constructor(handler: ResponseHandler) {
    this.handler = handler
  }

  /** Nothing is told any more. */
  get isGone(): boolean {
    return this.handler === undefined
  }

  /** Shuts the door, and gives what was behind it. */
  leave(): ResponseHandler | undefined {
    const { handler } = this
    this.handler = undefined
    return handler
  }

  onReady(reused: boolean): void {
    this.handler?.onReady(reused)
  }

  onInformational(status: number, fields: FlatFields): void {
    this.handler?.onInformational(status, fields)
  }

  onHead(head: ResponseHead): void {
    this.expectLull()
    this.handler?.onHead(head)
  }

  onData(chunk: Buffer): boolean {
    this.expectLull()
    return this.handler?.onData(chunk) ?? true
  }

  /** What comes in this turn comes together. */
  private expectLull(): void {
    if (this.isLullDue) return
    this.isLullDue = true
    process.nextTick(() => this.onLull())
  }

  onLull(): void {
    this.isLullDue = false
    this.handler?.onLull()
  }

  onEnd(trailers: FlatFields): void {
    this.leave()?.onEnd(trailers)
  }

  onUpgrade(status: number, fields: FlatFields, socket: Duplex, head: Buffer): void {
    this.leave()?.onUpgrade(status, fields, socket, head)
  }

  onDrain(): void {
    this.handler?.onDrain()
  }

  onError(error: PointsmanError): void {
    this.leave()?.onError(error)
  }
}
