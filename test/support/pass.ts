import type { Test } from 'tap'
import { environment } from './environment.js'
import { startPointsman, type Environment, type Pointsman } from './pointsman.js'
import { dial, type RawClient } from './raw.js'
import { echo, message, startTarget, type RecordingTarget } from './recording-target.js'

/** A target and the proxy in front of it. */
export interface Setup {
  readonly proxy: Pointsman
  readonly target: RecordingTarget
}

/** A new client; and the target forgets what it saw, and echoes. */
export function dialAnew(t: Test, { proxy, target }: Setup): Promise<RawClient> {
  target.take()
  target.answer = echo
  target.onHead = undefined
  return dial(t, proxy.port)
}

/** Lets every target of two serve a request, so that no run of failures gets one of them ejected. */
export async function recover(t: Test, { port }: Pointsman, targets: readonly RecordingTarget[]) {
  for (const target of targets) target.answer = echo
  for (const target of targets) {
    const client = await dial(t, port)
    t.equal((await client.ask('GET /x HTTP/1.1\r\nHost: h\r\n\r\n')).status, 200)
    target.take()
    client.reset()
  }
  for (const target of targets) target.take()
}

/** A GET, or a POST when it has a body. */
export interface Sent {
  readonly path?: string
  readonly lines: readonly string[]
  readonly body?: string
  /** Address the client has. */
  readonly from?: string
}

/** Sends a request that must reach the target, and gives both ends of what happened. */
export async function pass(t: Test, { proxy, target }: Setup, sent: Sent) {
  const { path = '/', lines, body, from } = sent
  const client = await dial(t, proxy.port, from)
  const method = body === undefined ? 'GET' : 'POST'
  const response = await client.ask(message(`${method} ${path} HTTP/1.1`, lines, body))
  client.end()
  const [request, ...others] = target.take()
  t.strictSame(others, [], 'one request came')
  if (!request) throw new Error(`nothing reached the target: ${response.startLine}`)
  return { request, response, fields: request.fields }
}

/** A target behind the prefix `/`, and behind `/keep` with PRESERVE_HOST; with further variables. */
export async function setUp(t: Test, others: Environment = {}): Promise<Setup> {
  const target = await startTarget(t)
  const rules = [
    { prefix: '/', targets: target.address },
    { prefix: '/keep', targets: target.address, rule: { PRESERVE_HOST: 'true' } },
  ]
  return { target, proxy: await startPointsman(t, environment(rules, others)) }
}
