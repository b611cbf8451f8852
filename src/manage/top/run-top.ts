import { askStatus, serviceUrl } from './status-client.js'
import { LiveTable, type Terminal } from './live-table.js'
import { statusTable, summary } from './table.js'

const USAGE = `Usage: node dist/app.js top [--once] [url]

A table of groups and targets, anew every second: state, requests and errors per second, response times of the last ten
seconds, requests in flight. q or Ctrl+C ends it.

  url       the management listener; by default where MANAGEMENT_HOST and MANAGEMENT_PORT put it, else 127.0.0.1:9090
  --once    print the table once; so it is also when the output is no terminal

Where there are users, POINTSMAN_TOKEN has to be a token of one who may see the status.
`

/** A program's three streams. */
export interface Streams extends Terminal {
  readonly stderr: NodeJS.WritableStream
}

function parseUrl(text: string): URL | undefined {
  try {
    return serviceUrl(text)
  } catch {
    return undefined
  }
}

/** What is shown, and how. */
interface Wanted {
  readonly service: URL
  readonly once: boolean
  readonly token: string | undefined
}

async function show({ service, once, token }: Wanted, { stdin, stdout }: Streams): Promise<void> {
  const status = await askStatus(service, token)
  if (!once && stdout.isTTY) {
    await new LiveTable(service, status, { stdin, stdout }, token).run()
    return
  }
  const width = stdout.isTTY ? stdout.columns : Infinity
  const hasColors = stdout.isTTY && stdout.hasColors()
  const lines = [summary(status), ...statusTable(status, { width, hasColors })]
  stdout.write(lines.map((line) => `${line}\n`).join(''))
}

/**
 * Shows how a running service is.
 * @param args what stands behind `top` on the command line
 * @param defaultUrl where the service is unless `args` say so
 * @param token of a user there, where there are users
 * @returns the exit code: 1 when there is no status, 2 when `args` make no sense
 */
export async function runTop(
  args: readonly string[],
  defaultUrl: string,
  streams: Streams = process,
  token?: string,
): Promise<number> {
  const [text = defaultUrl, ...more] = args.filter((each) => each !== '--once')
  const service = text.startsWith('-') || more.length > 0 ? undefined : parseUrl(text)
  if (!service) {
    const isHelp = text === '--help'
    streams[isHelp ? 'stdout' : 'stderr'].write(
      isHelp ? USAGE : `Unknown: ${args.join(' ')}\n\n${USAGE}`,
    )
    return isHelp ? 0 : 2
  }
  try {
    await show({ service, once: args.includes('--once'), token }, streams)
    return 0
  } catch (error) {
    streams.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}
