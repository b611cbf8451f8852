import type { Socket } from 'node:net'
import { PointsmanError } from '../core/errors.js'
import { failureOf } from '../core/failure.js'

/** Takes how an attempt ended; only the first word counts. */
export interface Verdict<T> {
  readonly pass: (value: T) => void
  readonly fail: (error: unknown) => void
}

/**
 * One attempt over a connection of its own, which is closed as soon as there is a verdict. It may be made ten thousand
 * times a second.
 * @param open begins to connect
 * @param talk begins to talk; need not listen for `error` and `close`
 * @throws the signal's reason when it aborted, else PointsmanError
 */
export function attempt<T>(
  signal: AbortSignal,
  open: () => Socket,
  talk: (socket: Socket, verdict: Verdict<T>) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const socket = open()
    let isOver = false
    const end = (): void => {
      isOver = true
      signal.removeEventListener('abort', cut)
      socket.destroy()
    }
    const cut = (): void => {
      end()
      // What the owner of the signal gave; a checker rejects with it as it is.
      reject(signal.reason as Error)
    }
    const verdict: Verdict<T> = {
      pass: (value) => {
        if (!isOver) end()
        resolve(value)
      },
      fail: (error) => {
        if (isOver) return
        end()
        reject(failureOf(error))
      },
    }
    signal.addEventListener('abort', cut)
    // Stays when it is over: an error that comes late changes nothing, but would end the process if nobody listened.
    socket.on('error', verdict.fail)
    socket.on('close', () => {
      if (!isOver) verdict.fail(new PointsmanError('TARGET_CLOSED', 'connection closed early'))
    })
    try {
      talk(socket, verdict)
    } catch (error) {
      verdict.fail(error)
    }
  })
}
