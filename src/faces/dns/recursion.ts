import { extendedError, type Answer } from './answer.js'
import { FLAGS } from './codes.js'
import type { Question } from './message.js'

/** What a question comes to. */
export class Resolution {
  /**
   * A whole response, to be copied at once and not changed: the header with id 0 and the flags QR and RA, with the rcode and the
   * counts; the question, in any case of its letters; the records, without an OPT record.
   */
  readonly message: Buffer
  /** What a client that knows EDNS is to be told besides (RFC 8914). */
  readonly extendedError: number | undefined
  private answer: Answer | undefined

  constructor(message: Buffer, extendedError: number | undefined) {
    this.message = message
    this.extendedError = extendedError
  }

  /**
   * The same as an answer of this server: all of it but the header and the question is taken as it is. Made once, for what
   * is kept is told many times.
   * @param questionEnd where the records begin
   */
  told(questionEnd: number): Answer {
    return (this.answer ??= this.adopted(questionEnd))
  }

  private adopted(questionEnd: number): Answer {
    const { message, extendedError: code } = this
    const flags = message.readUInt16BE(2)
    return {
      rcode: flags & 0x0f,
      flags: flags & (FLAGS.RA | FLAGS.AD | FLAGS.TC),
      counts: [message.readUInt16BE(6), message.readUInt16BE(8), message.readUInt16BE(10)],
      records: message.subarray(questionEnd),
      zonePointers: [],
      zoneBytes: 0,
      ...(code !== undefined && { extendedError: extendedError(code, '') }),
    }
  }
}

/**
 * Finds out what this server has no authority over. The server puts what is the client's own (id, RD, CD, the
 * question as it was spelt, OPT) into a copy, and truncates.
 */
export interface Recursion {
  /** What is known at this moment; undefined when somebody has to be asked. */
  cached(question: Question): Resolution | undefined
  /**
   * Always resolves, within some seconds: that nobody answered is SERVFAIL.
   * @param client IP literal of who asks
   */
  resolve(question: Question, client: string): Promise<Resolution>
}
