import { ServerResponse, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { listMembers } from './field-syntax.js'

/** The request's head again, without its wish for another protocol. */
function withoutUpgrade(request: IncomingMessage): string {
  const { rawHeaders } = request
  let head = `${request.method ?? ''} ${request.url ?? ''} HTTP/${request.httpVersion}\r\n`
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    let value = rawHeaders[i + 1] ?? ''
    const lower = name.toLowerCase()
    if (lower === 'upgrade' || lower === 'http2-settings') continue
    if (lower === 'connection') {
      const rest = listMembers(value).filter((it) => it !== 'upgrade' && it !== 'http2-settings')
      value = rest.join(', ')
    }
    head += `${name}: ${value}\r\n`
  }
  return `${head}\r\n`
}

/**
 * Whether a request's `Upgrade` is passed on. HTTP/2 in the clear is not: the target would speak it to us. Nor is one with
 * a body, which would have to be told from the protocol that follows.
 */
export function isTunnelled(request: IncomingMessage): boolean {
  const { headers } = request
  if (request.httpVersion !== '1.1') return false
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0
  const tokens = listMembers(headers.upgrade ?? '')
  return !hasBody && tokens.length > 0 && !tokens.includes('h2c')
}

/**
 * Node has stopped parsing at the upgrade: puts the request back in front of what came after it, as an ordinary one, for the
 * server to begin anew.
 */
export function ignoreUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
  // The time Node gave it for its next request.
  socket.setTimeout(0)
  socket.unshift(Buffer.concat([Buffer.from(withoutUpgrade(request), 'latin1'), head]))
}

/** A response for a request whose connection Node has handed over; the connection ends with it. */
export function replyOn(request: IncomingMessage, socket: Socket): ServerResponse {
  const reply = new ServerResponse(request)
  reply.shouldKeepAlive = false
  reply.assignSocket(socket)
  // As Node does it for replies of its own.
  reply.on('finish', () => socket.destroySoon())
  socket.on('drain', () => reply.emit('drain'))
  return reply
}
