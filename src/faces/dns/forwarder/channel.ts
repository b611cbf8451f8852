import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'

/** Where a resolver listens. */
export interface ForwarderAddress {
  /** An IP address; IPv6 without brackets. */
  readonly host: string
  readonly port: number
}

/** What becomes of a query. */
export interface ChannelEvents {
  /** A message came from that very address and port. */
  readonly onMessage: (received: Buffer) => void
  /** Nothing more comes. */
  readonly onError: () => void
}

/** Begins a query; the function it gives ends it, quietly, and may be called more than once. */
export type Channel = (
  address: ForwarderAddress,
  message: Buffer,
  events: ChannelEvents,
) => () => void

/**
 * One query by UDP, from a socket of its own: the kernel draws its port at random, nobody can learn it from another query, and
 * it is gone with the answer (RFC 5452 section 9.2). The socket is connected: the kernel drops what others send, and tells at once
 * when nobody listens at the other end.
 */
export const overUdp: Channel = ({ host, port }, message, { onMessage, onError }) => {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  let isOpen = true
  const close = (): void => {
    if (isOpen) socket.close()
    isOpen = false
  }
  socket.on('error', () => {
    close()
    onError()
  })
  // A callback of `connect` would be told of errors, too, and keep them from 'error'.
  socket.on('connect', () => {
    const peer = socket.remoteAddress()
    // What came before the socket was connected may be anybody's.
    socket.on('message', (received, { address, port: from }) => {
      if (isOpen && from === peer.port && address === peer.address) onMessage(received)
    })
    socket.send(message)
  })
  socket.connect(port, host)
  return close
}

const LENGTH_BYTES = 2

/** A message with its length in front (RFC 1035 section 4.2.2), in whatever pieces the network cuts it into. */
class FramedMessage {
  private pieces: Buffer[] = []
  private bytes = 0
  private end = LENGTH_BYTES

  /** @returns the message once it is whole */
  take(piece: Buffer): Buffer | undefined {
    this.pieces.push(piece)
    this.bytes += piece.length
    if (this.bytes < this.end) return undefined
    const received = Buffer.concat(this.pieces)
    this.pieces = [received]
    this.end = LENGTH_BYTES + received.readUInt16BE(0)
    return this.bytes < this.end ? undefined : received.subarray(LENGTH_BYTES, this.end)
  }
}

/** One query by TCP, on a connection of its own. */
export const overTcp: Channel = ({ host, port }, message, { onMessage, onError }) => {
  const socket = connect({ host, port, noDelay: true })
  const framed = new FramedMessage()
  let isOpen = true
  const close = (): void => {
    isOpen = false
    socket.destroy()
  }
  const fail = (): void => {
    if (!isOpen) return
    close()
    onError()
  }
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt16BE(message.length)
  socket.write(Buffer.concat([length, message]))
  socket.on('data', (piece: Buffer) => {
    const whole = framed.take(piece)
    if (!whole) return
    close()
    onMessage(whole)
  })
  // An error is followed by 'close', which says all that matters.
  socket.on('error', () => undefined)
  socket.on('close', fail)
  return close
}
