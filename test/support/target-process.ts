import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'

const SERVE = `
const server = require('node:http').createServer((request, response) => {
  request.resume()
  request.on('end', () => setTimeout(() => response.end('ok'), 2))
})
server.keepAliveTimeout = 60000
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`

/** A target in a process of its own. */
export interface TargetProcess {
  readonly address: string
  /** Ends it as a crash of the machine would, by SIGKILL. */
  kill(): void
}

/** Starts a target that answers everything with 200, killed when the test ends. */
export async function startTargetProcess(t: Test): Promise<TargetProcess> {
  const child = spawn(process.execPath, ['-e', SERVE], { stdio: ['ignore', 'pipe', 'inherit'] })
  const kill = () => void child.kill('SIGKILL')
  t.teardown(kill)
  // The first piece of its output is the port.
  const [output] = (await once(child.stdout, 'data')) as [Buffer]
  return { address: `127.0.0.1:${output.toString().trim()}`, kill }
}
