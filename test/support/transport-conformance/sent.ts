import assert from 'node:assert/strict'
import type { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import type { ErrorCode, PointsmanError } from '../../../src/core/errors.js'
import type {
  Exchange,
  FlatFields,
  OutboundRequest,
  ResponseHandler,
  ResponseHead,
  Transport,
} from '../../../src/faces/proxy/transport/transport.js'
import { Changes } from '../changes.js'

/** A call of the handler. */
export type Step =
  'ready' | 'informational' | 'head' | 'data' | 'end' | 'upgrade' | 'drain' | 'error'

/** What may come after what; a drain and an error may come at any time before the last step. */
const NEXT: Readonly<Record<Exclude<Step, 'drain'> | 'start', readonly Step[]>> = {
  start: ['ready'],
  ready: ['informational', 'head', 'upgrade'],
  informational: ['informational', 'head', 'upgrade'],
  head: ['data', 'end'],
  data: ['data', 'end'],
  end: [],
  upgrade: [],
  error: [],
}

/** One exchange as its caller lives it: everything that was told, and everything that should not have been. */
export class Sent implements ResponseHandler {
  readonly exchange: Exchange
  readonly informational: { readonly status: number; readonly fields: FlatFields }[] = []
  readonly chunks: Buffer[] = []
  readonly violations: string[] = []
  reused: boolean | undefined
  response: ResponseHead | undefined
  trailers: FlatFields | undefined
  upgrade:
    { readonly fields: FlatFields; readonly socket: Duplex; readonly early: Buffer } | undefined
  error: PointsmanError | undefined
  drains = 0
  /** What `onData` answers. */
  takesData = true
  /** Pieces that were not done with, beside what they were. */
  private readonly needed: { readonly piece: Buffer; readonly copy: Buffer }[] = []
  /** Called at each step, from within the transport's call. */
  onStep: ((step: Step) => void) | undefined
  private last: keyof typeof NEXT = 'start'
  private sending = true
  private aborted = false
  private readonly changes = new Changes()

  constructor(transport: Transport, request: OutboundRequest) {
    this.exchange = transport.send(request, this)
    this.sending = false
  }

  /** The body received so far. */
  get body(): Buffer {
    return Buffer.concat(this.chunks)
  }

  onReady(reused: boolean): void {
    this.reused = reused
    this.step('ready')
  }

  onInformational(status: number, fields: FlatFields): void {
    this.informational.push({ status, fields })
    this.step('informational')
  }

  onHead(head: ResponseHead): void {
    this.response = head
    this.step('head')
  }

  /** Resumes, if nothing has happened to the pieces that were not done with. */
  resume(): void {
    this.assertUntouched()
    this.needed.length = 0
    this.exchange.resume()
  }

  /** Throws when something has happened to a piece that was not done with. */
  assertUntouched(): void {
    for (const { piece, copy } of this.needed) assert.ok(piece.equals(copy), 'a piece was changed')
  }

  onData(piece: Buffer): boolean {
    const copy = Buffer.from(piece)
    this.chunks.push(copy)
    if (!this.takesData) this.needed.push({ piece, copy })
    this.step('data')
    return this.takesData
  }

  onEnd(trailers: FlatFields): void {
    this.trailers = trailers
    this.step('end')
  }

  onLull(): void {
    if (this.aborted || (this.last !== 'head' && this.last !== 'data'))
      this.violations.push(`a lull after ${this.aborted ? 'abort' : this.last}`)
  }

  onUpgrade(status: number, fields: FlatFields, socket: Duplex, early: Buffer): void {
    this.upgrade = { fields, socket, early }
    if (status !== 101) this.violations.push(`upgrade with ${status}`)
    this.step('upgrade')
  }

  onDrain(): void {
    this.drains++
    this.step('drain')
  }

  onError(error: PointsmanError): void {
    this.error = error
    this.step('error')
  }

  abort(): void {
    this.aborted = true
    this.exchange.abort()
  }

  /** Resolves when the request is on its way. */
  async ready(): Promise<this> {
    return this.until(() => this.reused !== undefined, 'ready')
  }

  async head(): Promise<ResponseHead> {
    await this.until(() => this.response !== undefined, 'a head')
    assert.ok(this.response)
    return this.response
  }

  /** Resolves when the response came whole. */
  async ended(): Promise<this> {
    return this.until(() => this.trailers !== undefined, 'the end of the response')
  }

  async upgraded(): Promise<NonNullable<Sent['upgrade']>> {
    await this.until(() => this.upgrade !== undefined, 'an upgrade')
    assert.ok(this.upgrade)
    return this.upgrade
  }

  /** Resolves when the exchange ended with an error of this code. */
  async failed(code: ErrorCode): Promise<this> {
    await this.changes.until(
      () => (this.isOver ? true : undefined),
      () => `no error, after ${this.last}`,
    )
    assert.equal(this.error?.code ?? `no error, but ${this.last}`, code, this.error?.message)
    return this
  }

  /** Resolves when `condition` holds; an exchange that ends without that is an error. */
  async until(condition: () => boolean, what: string): Promise<this> {
    await this.changes.until(
      () => {
        if (condition()) return true
        if (this.error) throw new Error(`${this.error.code}: ${this.error.message}`)
        if (this.isOver) throw new Error('the exchange is over')
        return undefined
      },
      () => `no ${what}, after ${this.last}`,
    )
    return this
  }

  /** Writes the pieces as fast as the target takes them, and ends. */
  async writeAll(pieces: Iterable<Buffer>, trailers: FlatFields = []): Promise<void> {
    for (const piece of pieces) {
      const drains = this.drains
      if (!this.exchange.write(piece)) await this.until(() => this.drains > drains, 'drain')
    }
    this.exchange.end(trailers)
  }

  private get isOver(): boolean {
    return NEXT[this.last].length === 0
  }

  private step(step: Step): void {
    const expected = NEXT[this.last]
    const anytime = (step === 'error' || step === 'drain') && !this.isOver
    if (!anytime && !expected.includes(step)) this.violations.push(`${step} after ${this.last}`)
    if (this.sending) this.violations.push(`${step} from within send`)
    if (this.aborted) this.violations.push(`${step} after abort`)
    if (step !== 'drain') this.last = step
    this.onStep?.(step)
    this.changes.notify()
  }
}

/** Lets everything happen that is going to without further input. */
export async function calm(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await turn()
}

/** Resolves when `measure` has not changed for many turns of the event loop. */
export async function steady(measure: () => number): Promise<number> {
  let value = measure()
  for (let turns = 0; turns < 200; turns++) {
    await turn()
    const now = measure()
    if (now !== value) turns = 0
    value = now
  }
  return value
}
