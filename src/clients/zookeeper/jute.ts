/** Writes values as ZooKeeper's serialisation (jute) has them: big-endian, texts and lists with their length before them. */
export class JuteWriter {
  private readonly pieces: Buffer[] = []

  int(value: number): this {
    const piece = Buffer.allocUnsafe(4)
    piece.writeInt32BE(value)
    this.pieces.push(piece)
    return this
  }

  long(value: bigint): this {
    const piece = Buffer.allocUnsafe(8)
    piece.writeBigInt64BE(value)
    this.pieces.push(piece)
    return this
  }

  boolean(value: boolean): this {
    this.pieces.push(Buffer.of(value ? 1 : 0))
    return this
  }

  bytes(value: Buffer): this {
    this.int(value.length)
    this.pieces.push(value)
    return this
  }

  text(value: string): this {
    return this.bytes(Buffer.from(value))
  }

  texts(values: readonly string[]): this {
    this.int(values.length)
    for (const value of values) this.text(value)
    return this
  }

  /** What was written, as one message: its length, then itself. */
  message(): Buffer {
    const length = this.pieces.reduce((sum, piece) => sum + piece.length, 0)
    const head = Buffer.allocUnsafe(4)
    head.writeInt32BE(length)
    return Buffer.concat([head, ...this.pieces], length + 4)
  }
}

/** Reads values from one message; each method throws a RangeError when the message is too short for what it says it holds. */
export class JuteReader {
  private readonly message: Buffer
  private at = 0

  constructor(message: Buffer) {
    this.message = message
  }

  int(): number {
    const value = this.message.readInt32BE(this.at)
    this.at += 4
    return value
  }

  long(): bigint {
    const value = this.message.readBigInt64BE(this.at)
    this.at += 8
    return value
  }

  boolean(): boolean {
    const value = this.message.readUInt8(this.at)
    this.at += 1
    return value !== 0
  }

  /** A length of -1 stands for nothing, which is read as empty. */
  bytes(): Buffer {
    const length = Math.max(0, this.int())
    const end = this.at + length
    if (end > this.message.length) throw new RangeError('a length that leads out of the message')
    // A copy: what is kept of a message must not keep all of it.
    const value = Buffer.from(this.message.subarray(this.at, end))
    this.at = end
    return value
  }

  text(): string {
    return this.bytes().toString()
  }

  texts(): readonly string[] {
    const texts: string[] = []
    for (let left = this.int(); left > 0; left--) texts.push(this.text())
    return texts
  }

  skip(byteCount: number): void {
    this.at += byteCount
  }
}
