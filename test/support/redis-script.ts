import type { RawConnection, Script } from './raw-target.js'

/** What was asked, word by word. */
export type Command = readonly string[]

async function readCommand(connection: RawConnection): Promise<Command> {
  const count = Number((await connection.receive('\r\n')).slice(1))
  const words: string[] = []
  for (let i = 0; i < count; i++) {
    const sizeBytes = Number((await connection.receive('\r\n')).slice(1))
    words.push((await connection.receiveBytes(sizeBytes + 2)).subarray(0, sizeBytes).toString())
  }
  return words
}

/** A Redis server that answers each command with the bytes that `answer` gives. */
export function redisScript(answer: (command: Command) => string): Script {
  return async (connection) => {
    while (!connection.isClosed) {
      const bytes = answer(await readCommand(connection))
      if (bytes !== '') await connection.send(bytes)
    }
  }
}
