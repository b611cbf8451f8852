const LENGTH_BYTES = 2
const NOTHING: Buffer = Buffer.alloc(0)

/** A message as TCP carries it: behind its length (RFC 1035 section 4.2.2), in one piece (RFC 7766 section 8). */
export function framed(message: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + message.length)
  frame.writeUInt16BE(message.length)
  message.copy(frame, LENGTH_BYTES)
  return frame
}

/**
 * Cuts what comes over TCP into messages. One that comes in many pieces is put together where it will stay, so that pieces
 * of one byte cost no more than others.
 */
export class Frames {
  /** What came and was not looked at yet; without a partial message, at least. */
  private rest: Buffer = NOTHING
  private partial: Buffer | undefined
  private filledBytes = 0

  push(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
    if (this.partial) this.fill(this.partial)
  }

  /** The next whole message; undefined when there is none yet. */
  next(): Buffer | undefined {
    const { rest, partial } = this
    if (partial) return this.filledBytes === partial.length ? this.finish(partial) : undefined
    if (rest.length < LENGTH_BYTES) return undefined
    const end = LENGTH_BYTES + rest.readUInt16BE()
    if (end <= rest.length) {
      this.rest = rest.subarray(end)
      return rest.subarray(LENGTH_BYTES, end)
    }
    this.rest = rest.subarray(LENGTH_BYTES)
    this.partial = Buffer.allocUnsafe(end - LENGTH_BYTES)
    this.fill(this.partial)
    return undefined
  }

  private fill(partial: Buffer): void {
    const taken = this.rest.copy(partial, this.filledBytes)
    this.filledBytes += taken
    this.rest = this.rest.subarray(taken)
  }

  private finish(message: Buffer): Buffer {
    this.partial = undefined
    this.filledBytes = 0
    return message
  }
}
