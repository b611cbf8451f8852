import { randomFillSync } from 'node:crypto'

const TRACE_ID_BYTES = 16
const ID_BYTES = 24

/** Randomness for the next ids: asked for once for many. */
const pool = Buffer.alloc(ID_BYTES * 256)
let used = pool.length

/**
 * A `traceparent` for a request that begins here (W3C Trace Context, §3.2): version 0, a new trace, sampled, so that
 * whoever comes next decides about nothing that was lost already.
 */
export function newTraceparent(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const trace = pool.toString('hex', used, used + TRACE_ID_BYTES)
  const span = pool.toString('hex', used + TRACE_ID_BYTES, used + ID_BYTES)
  used += ID_BYTES
  return `00-${trace}-${span}-01`
}
