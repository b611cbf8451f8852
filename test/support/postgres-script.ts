import type { RawConnection } from './raw-target.js'

/** What a server says. */
export function message(type: string, ...parts: (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

export function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** The end of every answer. */
export const READY = message('Z', 'I')

/** A login that needs no proof, as a server answers it. */
export const WELCOME = Buffer.concat([
  message('R', int32(0)),
  message('S', 'server_version\0', '15.18\0'),
  message('K', int32(1), int32(2)),
  READY,
])

/** A message that tells of an error. */
export function report(severity: string, code: string, text: string): Buffer {
  return message('E', `S${severity}\0`, `C${code}\0`, `M${text}\0`, '\0')
}

/** The answer to a query whose row has one boolean: whether the server is in recovery. */
export function recovery(isInRecovery: boolean): Buffer {
  const column = [int32(0), int16(0), int32(16), int16(1), int32(-1), int16(0)]
  return Buffer.concat([
    message('T', int16(1), 'in_recovery\0', ...column),
    message('D', int16(1), int32(1), isInRecovery ? 't' : 'f'),
    message('C', 'SELECT 1\0'),
    READY,
  ])
}

/** Reads the message that begins a connection, which has no type. */
export async function readStartup(connection: RawConnection): Promise<Buffer> {
  const length = await connection.receiveBytes(4)
  return connection.receiveBytes(length.readInt32BE(0) - 4)
}

/** Reads a message that has a type. */
export async function readMessage(connection: RawConnection): Promise<string> {
  const head = await connection.receiveBytes(5)
  const body = await connection.receiveBytes(head.readInt32BE(1) - 4)
  return head.toString('latin1', 0, 1) + body.toString()
}

/** A primary that lets everybody in. */
export async function primaryScript(connection: RawConnection): Promise<void> {
  await readStartup(connection)
  await connection.send(WELCOME)
  await readMessage(connection)
  await connection.send(recovery(false))
  await connection.left()
}
