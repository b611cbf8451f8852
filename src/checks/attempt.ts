import type { Socket } from 'node:net'
import { failureOf } from './failure.js'

/**
 * One attempt over a connection of its own, which is closed when the attempt is over.
 * @param open begins to connect
 * @param talk settles as soon as the socket is destroyed
 * @throws the signal's reason when it aborted, else PointsmanError
 */
export async function attempt<T>(
  signal: AbortSignal,
  open: () => Socket,
  talk: (socket: Socket) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted()
  const socket = open()
  // An error that comes after the verdict changes nothing, but would end the process if nobody listened.
  socket.on('error', () => {})
  const cut = (): void => void socket.destroy()
  signal.addEventListener('abort', cut)
  try {
    return await talk(socket)
  } catch (error) {
    signal.throwIfAborted()
    throw failureOf(error)
  } finally {
    signal.removeEventListener('abort', cut)
    socket.destroy()
  }
}
