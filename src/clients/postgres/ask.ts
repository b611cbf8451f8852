import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { Client, DatabaseError } from 'pg'
import { PointsmanError } from '../../core/errors.js'
import { refusalOf } from './refusal.js'
import { ServerStream } from './server-stream.js'

/** Who asks, and where. */
export interface Login {
  readonly user: string
  /** Undefined when the server is not expected to ask for one. */
  readonly password: string | undefined
  readonly database: string
}

/** What is asked of one server. */
export interface Inquiry {
  readonly login: Login
  /** What to ask of the server's TLS; undefined to go without. */
  readonly tls: ConnectionOptions | undefined
  /** One SELECT that gives one row. */
  readonly query: string
}

/** `pg` would look for a password in the environment and in the home directory, if it were not told of any. */
function passwordSource({ password }: Login): () => string {
  return () => {
    if (password !== undefined) return password
    throw new PointsmanError(
      'RESPONSE_UNEXPECTED',
      'login refused: the server asks for a password, and none is set',
    )
  }
}

function clientFor({ login, tls }: Inquiry, socket: Socket): Client {
  const client = new Client({
    // The socket has been told where to go. `pg` wants to hear it, or would look into the environment.
    host: 'localhost',
    port: 5432,
    user: login.user,
    database: login.database,
    password: passwordSource(login),
    application_name: 'pointsman',
    client_encoding: 'UTF8',
    sslnegotiation: 'postgres',
    ssl: false,
    stream: () => new ServerStream(socket, tls),
  })
  // What goes wrong after the answer changes nothing, but would end the process if nobody listened.
  client.on('error', () => {})
  return client
}

/** Of what `pg` throws: the server's refusals in plain words, errors of the connection as they are. */
function errorOf(error: unknown): unknown {
  if (error instanceof DatabaseError) return refusalOf(error)
  // Errors of the connection have a code. Those without are what `pg` makes of a server that does not keep to the protocol.
  if (!(error instanceof Error) || 'code' in error) return error
  return new PointsmanError('RESPONSE_MALFORMED', `answer is malformed (${error.message})`, error)
}

/**
 * Logs in, asks one question, and takes its leave; the socket is the caller's to close.
 * @returns the row, of which nothing is known
 * @throws PointsmanError, or the error of the connection; soon after the socket was destroyed
 */
export async function ask(socket: Socket, inquiry: Inquiry): Promise<Record<string, unknown>> {
  const client = clientFor(inquiry, socket)
  try {
    await client.connect()
    const { rows } = await client.query<Record<string, unknown>>(inquiry.query)
    // So that the server's log has no word of a connection that was lost. Nobody waits for the answer.
    void client.end()
    return rows[0] ?? {}
  } catch (error) {
    throw errorOf(error)
  }
}
