import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ErrorCode } from '../../core/errors.js'
import { listMembers } from './field-syntax.js'
import type { Switched } from './forward-context.js'
import { endsHere } from './request-fields.js'

/** The head of the 101 as the client gets it. */
function switchingHead({ status, fields }: Switched): string {
  const valueOf = (wanted: string): string => {
    const at = fields.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === wanted)
    return at < 0 ? '' : (fields[at + 1] ?? '')
  }
  const nominated = listMembers(valueOf('connection'))
  let head = `HTTP/1.1 ${status} Switching Protocols\r\n`
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    if (!endsHere(name, nominated)) head += `${name}: ${fields[i + 1] ?? ''}\r\n`
  }
  return `${head}Connection: Upgrade\r\nUpgrade: ${valueOf('upgrade')}\r\nVia: 1.1 pointsman\r\n\r\n`
}

/**
 * Joins a client and a target after a 101, until both have ended, one fails, or nothing moved for `idleMs`.
 * @param ended is called once, with a code unless both ended in order, and with how many bytes each has sent
 */
export function tunnel(
  client: Socket,
  switched: Switched,
  idleMs: number,
  ended: (code: ErrorCode | undefined, clientBytes: number, targetBytes: number) => void,
): void {
  const target = switched.socket
  let code: ErrorCode | undefined
  let open = 2
  let clientBytes = 0
  let targetBytes = switched.early.length
  const closed = (side: Duplex, other: Duplex): void => {
    // What came before an orderly end is still on its way to the other side.
    if (side.readableEnded) other.end(() => other.destroy())
    else other.destroy()
    if (--open === 0) ended(code, clientBytes, targetBytes)
  }
  client.on('error', () => (code ??= 'CLIENT_GONE'))
  target.on('error', () => (code ??= 'TARGET_CLOSED'))
  client.on('close', () => closed(client, target))
  target.on('close', () => closed(target, client))
  // Reads and writes of either side pass through the client's socket, so its idleness is the tunnel's.
  client.setTimeout(idleMs, () => {
    code ??= 'TUNNEL_IDLE'
    client.destroy()
    target.destroy()
  })
  client.write(switchingHead(switched), 'latin1')
  if (switched.early.length > 0) client.write(switched.early)
  client.pipe(target)
  target.pipe(client)
  client.on('data', (chunk: Buffer) => (clientBytes += chunk.length))
  target.on('data', (chunk: Buffer) => (targetBytes += chunk.length))
}
