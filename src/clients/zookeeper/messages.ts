import { PointsmanError } from '../../core/errors.js'

/** ZooKeeper's own default (jute.maxbuffer) is 1 MiB; lists of children may come larger. */
const LONGEST_MESSAGE_BYTES = 8 << 20

/** Cuts the stream of a connection into messages. */
export class MessageReader {
  private pieces: Buffer[] = []
  private sizeBytes = 0
  /** What has to have come before it is worth looking. */
  private wantedBytes = 4;

  /**
   * Takes the next piece and gives the messages that it makes whole, without their lengths.
   * @throws PointsmanError RESPONSE_MALFORMED when a length cannot be one
   */
  *take(piece: Buffer): Generator<Buffer, void> {
    this.pieces.push(piece)
    this.sizeBytes += piece.length
    if (this.sizeBytes < this.wantedBytes) return
    const stream = this.pieces.length === 1 ? piece : Buffer.concat(this.pieces, this.sizeBytes)
    let at = 0
    for (;;) {
      this.wantedBytes = 4
      if (stream.length - at < 4) break
      const length = stream.readInt32BE(at)
      if (length < 0 || length > LONGEST_MESSAGE_BYTES)
        throw new PointsmanError(
          'RESPONSE_MALFORMED',
          `answer is malformed (${length} bytes announced; is this a ZooKeeper server?)`,
        )
      this.wantedBytes = length + 4
      if (stream.length - at < this.wantedBytes) break
      yield stream.subarray(at + 4, at + this.wantedBytes)
      at += this.wantedBytes
    }
    this.pieces = at < stream.length ? [stream.subarray(at)] : []
    this.sizeBytes = stream.length - at
  }
}
