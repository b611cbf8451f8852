import type { Question } from './message.js'

/** What a question comes to. */
export interface Resolution {
  /**
   * A whole response, to be copied at once and not changed: the header with id 0 and the flags QR and RA, with the rcode and the
   * counts; the question, in any case of its letters; the records, without an OPT record.
   */
  readonly message: Buffer
  /** What a client that knows EDNS is to be told besides (RFC 8914). */
  readonly extendedError: number | undefined
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
