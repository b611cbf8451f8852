import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls'
import type { TargetTls } from '../../core/group-settings.js'
import { RedisConnection } from './redis-connection.js'

/** Who asks. */
export interface RedisLogin {
  /** Undefined for the user named `default`, whom servers before Redis 6 do not name. */
  readonly username: string | undefined
  /** Undefined when the server is not expected to ask for one. */
  readonly password: string | undefined
}

/** A Redis server or Sentinel, and how it is spoken to. */
export interface RedisServer extends RedisLogin {
  /** Name or address that is connected to. */
  readonly host: string
  readonly port: number
  /** Undefined to go without TLS. */
  readonly tls: TargetTls | undefined
  /** Name that is asked for and looked for in the certificate where `tls` has none; `host` when not given. */
  readonly name?: string
}

/** Made once for all connections that are told the same; sessions are not resumed. */
const secureContexts = new WeakMap<TargetTls, SecureContext>()

function secureContextOf(tls: TargetTls): SecureContext {
  const known = secureContexts.get(tls)
  const context = known ?? createSecureContext(tls.ca === undefined ? {} : { ca: tls.ca })
  if (!known) secureContexts.set(tls, context)
  return context
}

/** Begins to connect; what is written meanwhile is sent when that is done. */
export function dialRedis({ host, port, tls, name = host }: RedisServer): Socket {
  if (!tls) return connect({ host, port, noDelay: true })
  const { verify, serverName = name } = tls
  return connectTls({
    host,
    port,
    ...(isIP(serverName) === 0 && { servername: serverName }),
    secureContext: secureContextOf(tls),
    rejectUnauthorized: verify,
  })
}

/**
 * Tells the server who asks, if there is a password to tell.
 * @throws as `command` does
 */
export async function logIn(
  connection: RedisConnection,
  { username, password }: RedisLogin,
): Promise<void> {
  if (password === undefined) return
  await connection.command('AUTH', ...(username === undefined ? [] : [username]), password)
}

function connected(socket: Socket, isSecure: boolean): Promise<void> {
  return new Promise((resolve) => {
    socket.once(isSecure ? 'secureConnect' : 'connect', resolve)
  })
}

/**
 * Connects and logs in.
 * @param signal ends the attempt; means nothing to the connection that came of it
 * @throws the signal's reason when it aborted, else PointsmanError; nothing is left open
 */
export async function openRedis(
  server: RedisServer,
  signal: AbortSignal,
): Promise<RedisConnection> {
  signal.throwIfAborted()
  const socket = dialRedis(server)
  const connection = new RedisConnection(socket)
  const cut = (): void => connection.close()
  signal.addEventListener('abort', cut)
  const refused = connection.closed.then((reason) => {
    throw reason
  })
  try {
    await Promise.race([connected(socket, server.tls !== undefined), refused])
    await logIn(connection, server)
    return connection
  } catch (error) {
    connection.close()
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', cut)
  }
}
