import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Test } from 'tap'

const LISTEN = `
const server = require('node:net').createServer()
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port))
`

/** Whether a connection is made within 300 ms; held open if so. */
function connects(t: Test, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    t.teardown(() => socket.destroy())
    const givenUp = setTimeout(() => {
      socket.destroy()
      resolve(false)
    }, 300)
    socket.once('connect', () => {
      clearTimeout(givenUp)
      resolve(true)
    })
  })
}

/**
 * The port of a listener that no new connection gets through to: its process is stopped and its backlog full,
 * so that the kernel drops what comes.
 */
export async function startHungListener(t: Test): Promise<number> {
  const child = spawn(process.execPath, ['-e', LISTEN], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  // The first piece of its output is the port.
  const [output] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(output.toString())
  child.kill('SIGSTOP')
  while (await connects(t, port));
  return port
}
