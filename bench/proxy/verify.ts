import { setTimeout as delay } from 'node:timers/promises'
import { BenchError } from '../bench-error.js'
import type { LoadCase } from './cases.js'
import type { Child } from './children.js'

const DEADLINE_MS = 10_000
const ATTEMPT_TIMEOUT_MS = 9000
const PAUSE_MS = 20

/**
 * Resolves as soon as the server gives the case's whole answer, right to the byte; rejects with BenchError when it
 * ends or has not done so in ten seconds, with what was wrong last.
 */
export async function untilRight(
  server: { name: string; child: Child; port: number },
  loadCase: LoadCase,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    const fault = await findFault(server.port, loadCase, signal)
    if (fault === undefined) return
    signal.throwIfAborted()
    if (server.child.hasEnded || performance.now() > deadline) {
      const state = server.child.hasEnded ? 'ended' : 'does not answer right'
      throw new BenchError(
        `${server.name} ${state} (${loadCase.title}): ${fault}\n${server.child.output}`,
      )
    }
    await delay(PAUSE_MS, undefined, { signal })
  }
}

async function findFault(
  port: number,
  { method, path, requestBytes, response }: LoadCase,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(requestBytes > 0 && { body: 'x'.repeat(requestBytes) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]),
    })
    if (answer.status !== 200) return `status ${answer.status}`
    if (typeof response === 'number') return await findMissing(answer, response)
    const body = await answer.text()
    return body === response ? undefined : `the body ${JSON.stringify(body)}`
  } catch (error) {
    // fetch says only that it failed; its cause says why.
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return String(reason)
  }
}

async function findMissing(answer: Response, expectedBytes: number): Promise<string | undefined> {
  let bytes = 0
  for await (const chunk of answer.body ?? []) {
    const piece = Buffer.from(chunk as Uint8Array) // Of fetch's bodies, which are bytes.
    bytes += piece.length
    if (!piece.equals(Buffer.alloc(piece.length))) return 'a body with other bytes'
  }
  return bytes === expectedBytes
    ? undefined
    : `a body of ${bytes} instead of ${expectedBytes} bytes`
}
