import type { Socket } from 'node:net'
import type { Clock } from '../../../../core/ports.js'
import { PointsmanError, type ErrorCode } from '../../../../core/errors.js'
import { nodeCodeOf } from '../../../../core/node-errors.js'
import { connectError } from '../target-errors.js'
import { fieldLines } from '../../field-syntax.js'
import type { FlatFields, ResponseHead } from '../transport.js'
import { atEndOfTurn, type Writer } from '../../end-of-turn.js'
import { dial } from './dial.js'
import type { Pool, IdleConnection } from './pool.js'
import { requestHead } from './request-head.js'
import { ResponseParser, type ResponseEvents } from './response-parser.js'
import type { WireExchange } from './wire-exchange.js'

/** What all connections of a transport share. */
export interface WireSettings {
  /** A response head or trailer section over this is refused. */
  readonly maxHeadBytes: number
  readonly clock: Clock
}

/**
 * What is read at a time, into the same memory again and again: Node's own buffers, one for each read, cost more than all
 * else that a large body does, and collecting them takes as much room again.
 */
const READ_BYTES = 16_384
/** The same, once that much has come at a time. Over 64 KiB, so that a body of such a size comes together with its head. */
const MOST_READ_BYTES = 131_072

/** How long a connection waits for its next request when the target does not say: Node's servers close after 5 s. */
const DEFAULT_IDLE_MS = 4000
/** Whatever the target says, an idle connection is not kept for longer. */
const MAX_IDLE_MS = 60_000
/** The target counts from its last byte, we from its arrival: give up a little earlier than it does. */
const IDLE_MARGIN_MS = 1000

/** A target that has not taken so much yet is waited for; well over what a socket calls full, so that `drain` follows. */
const MAX_WAITING = 65_536

type Phase = 'connecting' | 'busy' | 'idle' | 'closed'

/** One connection to a target, for one exchange after the other; it belongs to `pool` while it is idle. */
export class Connection implements IdleConnection, ResponseEvents, Writer {
  expiresAt = 0
  private phase: Phase = 'connecting'
  private reached = false
  private reused = false
  private gotBytes = false
  /** Where is read to. */
  private buffer: Buffer | undefined
  private readBytes = READ_BYTES
  /** What was read last is still on its way to the client. */
  private isHeld = false
  private pendingHead: string | undefined
  private exchange: WireExchange | undefined
  private parser: ResponseParser | undefined
  private switching: { status: number; fields: FlatFields } | undefined
  private readonly socket: Socket
  private readonly pool: Pool<Connection>
  private readonly settings: WireSettings

  /** @param mayUpgrade the socket may be handed over: it is an ordinary one then */
  constructor(pool: Pool<Connection>, settings: WireSettings, mayUpgrade: boolean) {
    this.pool = pool
    this.settings = settings
    const reading = { buffer: this.takeBuffer, callback: this.takeRead }
    const { socket, readyEvent } = dial(
      pool.target,
      pool.tls,
      pool,
      mayUpgrade ? undefined : reading,
    )
    this.socket = socket
    // Never emitted by a socket that reads into our buffer.
    socket.on('data', this.takeData)
    socket.on('connect', () => {
      this.reached = true
    })
    socket.once(readyEvent, () => {
      this.phase = 'busy'
      this.begin()
    })
    socket.on('end', this.takeEnd)
    socket.on('error', this.takeError)
    socket.on('close', this.takeClose)
    socket.on('drain', this.takeDrain)
  }

  /** Carries `exchange`; the connection is fresh or comes from the pool. */
  carry(exchange: WireExchange): void {
    this.exchange = exchange
    exchange.attach(this)
    this.gotBytes = false
    if (this.phase !== 'idle') return
    this.phase = 'busy'
    this.reused = true
    atEndOfTurn(this)
  }

  leave(): void {
    if (this.exchange && !this.parser) this.begin()
  }

  private begin(): void {
    const { exchange } = this
    if (!exchange) return
    this.pendingHead = requestHead(exchange.request)
    if (exchange.requestEnded || exchange.request.expectContinue) this.flushHead()
    // Else head and first piece of the body leave together, if the piece is there by the end of this turn.
    else setImmediate(this.flushHead)
    exchange.handler.onReady(this.reused)
  }

  private readonly flushHead = (): void => {
    if (this.pendingHead === undefined || this.phase !== 'busy' || !this.exchange) return
    this.socket.write(this.pendingHead, 'latin1')
    this.pendingHead = undefined
    const { method, upgrade } = this.exchange.request
    const context = { isHead: method === 'HEAD', mayUpgrade: upgrade !== undefined }
    // Only from now on can what comes be the answer.
    this.parser = new ResponseParser(this, context, this.settings.maxHeadBytes)
  }

  /** Writes a piece of the request's body. */
  writeBody(chunk: Buffer, chunked: boolean): boolean {
    if (chunk.length === 0 || this.phase !== 'busy') return true
    this.socket.cork()
    this.flushHead()
    if (chunked) this.socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1')
    this.socket.write(chunk)
    if (chunked) this.socket.write('\r\n', 'latin1')
    this.socket.uncork()
    return this.socket.writableLength < MAX_WAITING
  }

  /** The request's body is complete. */
  endBody(trailers: FlatFields, chunked: boolean): void {
    if (this.phase !== 'busy') return
    if (!chunked) {
      this.flushHead()
      return
    }
    this.socket.cork()
    this.flushHead()
    this.socket.write(`0\r\n${fieldLines(trailers)}\r\n`, 'latin1')
    this.socket.uncork()
  }

  resume(): void {
    this.isHeld = false
    this.socket.resume()
  }

  /** The caller has lost interest: the target sees the connection go, and the caller hears nothing more. */
  abandon(): void {
    this.release()
    this.close()
  }

  close(): void {
    this.phase = 'closed'
    this.socket.destroy()
  }

  private release(): WireExchange | undefined {
    const { exchange } = this
    exchange?.attach(undefined)
    this.exchange = undefined
    return exchange
  }

  /** Ends the exchange with `error`, and the connection with it. */
  fail(error: PointsmanError): void {
    const exchange = this.release()
    this.close()
    exchange?.handler.onError(error)
  }

  /** Asked for before the first read and after each. */
  private readonly takeBuffer = (): Buffer =>
    (this.buffer ??= Buffer.allocUnsafeSlow(this.readBytes))

  private readonly takeRead = (length: number): boolean => {
    const { buffer } = this
    if (!buffer) return true
    if (length === READ_BYTES && this.readBytes === READ_BYTES) {
      this.readBytes = MOST_READ_BYTES
      this.buffer = undefined
    }
    this.takeData(buffer.subarray(0, length))
    return !this.isHeld
  }

  private readonly takeData = (chunk: Buffer): void => {
    if (!this.parser) {
      // Nothing was asked, so whatever comes cannot be the answer to what will be.
      if (this.phase === 'idle') this.leavePool()
      else this.fail(this.brokenOff())
      return
    }
    this.gotBytes = true
    try {
      const used = this.parser.execute(chunk)
      if (this.switching) this.handOver(chunk.subarray(used))
      else if (this.parser.isComplete) this.finish(used === chunk.length)
      else if (!this.parser.awaitsHead) this.exchange?.handler.onLull()
    } catch (error) {
      if (!(error instanceof PointsmanError)) throw error
      this.fail(error)
    }
  }

  onInformational(status: number, fields: FlatFields): void {
    this.exchange?.handler.onInformational(status, fields)
  }

  onSwitching(status: number, fields: FlatFields): void {
    this.switching = { status, fields }
  }

  onHead(head: ResponseHead): void {
    this.exchange?.handler.onHead(head)
  }

  onData(chunk: Buffer): void {
    if (this.exchange?.handler.onData(chunk) !== false) return
    this.isHeld = true
    this.socket.pause()
  }

  private trailers: FlatFields = []

  onComplete(trailers: FlatFields): void {
    this.trailers = trailers
  }

  /** The response is complete: the connection goes back to the pool if nothing speaks against it. */
  private finish(isClean: boolean): void {
    const exchange = this.release()
    if (!exchange || !this.parser) return
    const { persistent, idleHintMs } = this.parser.connection
    const sentAll = exchange.requestEnded && this.socket.writableLength === 0
    this.parser = undefined
    if (isClean && persistent && sentAll && this.phase === 'busy') this.rest(idleHintMs)
    else this.close()
    exchange.handler.onEnd(this.trailers)
  }

  private rest(idleHintMs: number | undefined): void {
    const idleMs =
      idleHintMs === undefined
        ? DEFAULT_IDLE_MS
        : Math.min(MAX_IDLE_MS, idleHintMs - IDLE_MARGIN_MS)
    this.phase = 'idle'
    this.expiresAt = this.settings.clock.now() + idleMs
    if (this.isHeld) {
      // What was not handed on yet must not be read over.
      this.buffer = undefined
      this.resume()
    }
    this.pool.put(this)
  }

  private handOver(early: Buffer): void {
    const exchange = this.release()
    const switching = this.switching
    if (!exchange || !switching) return
    this.phase = 'closed'
    this.socket.off('data', this.takeData)
    this.socket.off('end', this.takeEnd)
    this.socket.off('error', this.takeError)
    this.socket.off('close', this.takeClose)
    this.socket.off('drain', this.takeDrain)
    this.socket.pause()
    exchange.handler.onUpgrade(switching.status, switching.fields, this.socket, early)
  }

  private leavePool(): void {
    this.pool.remove(this)
    this.close()
  }

  private readonly takeEnd = (): void => {
    if (this.phase === 'idle') this.leavePool()
    else if (this.parser?.finish()) this.finish(true)
    else this.fail(this.brokenOff())
  }

  private readonly takeError = (error: Error): void => {
    if (this.phase === 'idle') this.leavePool()
    else if (this.phase === 'connecting') {
      this.fail(connectError(this.pool.target, error, this.reached))
    } else this.fail(this.brokenOff(error))
  }

  private readonly takeClose = (): void => {
    if (this.phase === 'idle') this.leavePool()
    else if (this.phase !== 'closed') this.fail(this.brokenOff())
  }

  private readonly takeDrain = (): void => {
    this.exchange?.handler.onDrain()
  }

  /** What it means that the connection is gone now. */
  private brokenOff(cause?: Error): PointsmanError {
    const { id } = this.pool.target
    if (this.phase === 'connecting') return connectError(this.pool.target, cause, this.reached)
    const reason = nodeCodeOf(cause) || 'closed'
    if (this.parser?.awaitsHead === false) {
      const text = `${id} broke off inside its response (${reason})`
      return new PointsmanError('RESPONSE_INCOMPLETE', text, cause)
    }
    const code: ErrorCode = this.reused && !this.gotBytes ? 'TARGET_CLOSED_REUSED' : 'TARGET_CLOSED'
    return new PointsmanError(code, `${id} closed before it answered (${reason})`, cause)
  }
}
