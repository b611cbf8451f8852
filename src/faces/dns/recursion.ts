import type { Question } from './message.js'

/**
 * Finds out what this server has no authority over. Both ways give a whole response: the header with id 0 and the flags QR
 * and RA, with the rcode and the counts; the question, in any case of its letters; the records, without an OPT record. The
 * server puts what is the client's own (id, RD, CD, the question as it was spelt, OPT) into a copy, and truncates.
 */
export interface Recursion {
  /** What is known at this moment; undefined when somebody has to be asked. */
  cached(question: Question): Buffer | undefined
  /**
   * Always resolves, within some seconds: that nobody answered is SERVFAIL.
   * @param client IP literal of who asks
   */
  resolve(question: Question, client: string): Promise<Buffer>
}
