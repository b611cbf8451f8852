import type { Duplex } from 'node:stream'
import type { ErrorCode } from '../../core/errors.js'
import { informationalHead } from './http1/reply-head.js'
import type { SwitchedClient } from './client-message.js'
import type { Switched } from './forward-context.js'
import { informationalFields } from './response-fields.js'
import type { FlatFields } from './transport/transport.js'

/** The fields of the 101 as the client gets them. */
function switchingFields(fields: FlatFields): FlatFields {
  const at = fields.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'upgrade')
  const protocol = at < 0 ? '' : (fields[at + 1] ?? '')
  const own = ['Connection', 'Upgrade', 'Upgrade', protocol, 'Via', '1.1 pointsman']
  return [...informationalFields(fields), ...own]
}

/**
 * Joins a client and a target after a 101, until both have ended, one fails, or nothing moved for `idleMs`.
 * @param ended is called once, with a code unless both ended in order, and with how many bytes each has sent
 */
export function tunnel(
  { socket: client, early }: SwitchedClient,
  switched: Switched,
  idleMs: number,
  ended: (code: ErrorCode | undefined, clientBytes: number, targetBytes: number) => void,
): void {
  const target = switched.socket
  let code: ErrorCode | undefined
  let open = 2
  let clientBytes = early.length
  let targetBytes = switched.early.length
  const giveUp = (): void => {
    code ??= 'TUNNEL_IDLE'
    client.destroy()
    target.destroy()
  }
  const closed = (side: Duplex, other: Duplex): void => {
    // What came before an orderly end is still on its way to the other side, which may never take it.
    if (side.readableEnded && !side.errored && open === 2) {
      other.end(() => other.destroy())
      const deadline = setTimeout(giveUp, idleMs)
      other.once('close', () => clearTimeout(deadline))
    } else other.destroy()
    if (--open === 0) ended(code, clientBytes, targetBytes)
  }
  client.on('error', () => (code ??= 'CLIENT_GONE'))
  target.on('error', () => (code ??= 'TARGET_CLOSED'))
  client.on('close', () => closed(client, target))
  target.on('close', () => closed(target, client))
  // Reads and writes of either side pass through the client's socket, so its idleness is the tunnel's.
  client.setTimeout(idleMs, giveUp)
  client.write(informationalHead(switched.status, switchingFields(switched.fields)), 'latin1')
  if (switched.early.length > 0) client.write(switched.early)
  if (early.length > 0) target.write(early)
  client.pipe(target)
  target.pipe(client)
  client.on('data', (chunk: Buffer) => (clientBytes += chunk.length))
  target.on('data', (chunk: Buffer) => (targetBytes += chunk.length))
}
