import type { Test } from 'tap'
import type { Clock } from '../../src/core/ports.js'
import type { Scheme } from '../../src/core/target.js'
import type { Transport } from '../../src/faces/proxy/transport/transport.js'
import { ManualClock } from './clock.js'
import { ABORT_CASES } from './transport-conformance/abort-cases.js'
import { BODY_CASES } from './transport-conformance/body-cases.js'
import { CONNECTION_CASES } from './transport-conformance/connection-cases.js'
import { EXCHANGE_CASES } from './transport-conformance/exchange-cases.js'
import { HTTP2_CASES } from './transport-conformance/http2-cases.js'
import { MALFORMED_CASES } from './transport-conformance/malformed-cases.js'
import { REQUEST_CASES } from './transport-conformance/request-cases.js'
import { RESPONSE_CASES } from './transport-conformance/response-cases.js'
import { TLS_CASES } from './transport-conformance/tls-cases.js'
import { WIRE_CASES } from './transport-conformance/wire-cases.js'
import { World, type Case } from './transport-conformance/world.js'

/** What a transport is made with. */
export interface ConformanceSettings {
  readonly maxHeadBytes: number
  readonly clock: Clock
}

/** Makes a transport; called for each case. */
export type CreateTransport = (settings: ConformanceSettings) => Transport

/** Names of cases that a transport does not pass, each with the reason for it. */
export type Exceptions = Readonly<Record<string, string>>

type Suite = readonly (readonly [Scheme, readonly Case[]])[]

const MAX_HEAD_BYTES = 16_384
const ANY_VERSION = [...EXCHANGE_CASES, ...BODY_CASES, ...CONNECTION_CASES, ...ABORT_CASES]
const IN_BYTES = [...RESPONSE_CASES, ...MALFORMED_CASES, ...REQUEST_CASES, ...WIRE_CASES]

const HTTP1: Suite = [
  ['http', [...ANY_VERSION, ...IN_BYTES]],
  ['https', [...ANY_VERSION, ...TLS_CASES]],
]
const HTTP2: Suite = [
  ['h2c', [...ANY_VERSION, ...HTTP2_CASES]],
  ['h2', [...ANY_VERSION, ...HTTP2_CASES, ...TLS_CASES]],
]

async function run(known: Case, transport: Transport, scheme: Scheme): Promise<void> {
  const world = new World(transport, scheme)
  try {
    await known.run(world)
    await world.finish()
  } finally {
    world.close()
  }
}

function runSuite(t: Test, suite: Suite, create: CreateTransport, exceptions: Exceptions): void {
  const names = new Set(suite.flatMap(([, cases]) => cases.map(({ name }) => name)))
  const unknown = Object.keys(exceptions).filter((name) => !names.has(name))
  t.strictSame(unknown, [], 'each exception is a case')
  for (const [scheme, cases] of suite) {
    for (const known of cases) {
      const reason = exceptions[known.name]
      void t.test(`${scheme}: ${known.name}`, async (t) => {
        const transport = create({ maxHeadBytes: MAX_HEAD_BYTES, clock: new ManualClock() })
        const outcome = run(known, transport, scheme)
        if (reason === undefined) await outcome
        else await t.rejects(outcome, `still an exception: ${reason}`)
      })
    }
  }
  t.end()
}

/**
 * What every transport must do with HTTP/1.1 targets, in the clear and under TLS.
 * @param exceptions cases that must fail, so that the list cannot outlive its reasons
 */
export function transportConformance(
  t: Test,
  name: string,
  create: CreateTransport,
  exceptions: Exceptions = {},
): void {
  void t.test(`${name} with HTTP/1.1`, (t) => runSuite(t, HTTP1, create, exceptions))
}

/** What every transport must do with HTTP/2 targets; otherwise like `transportConformance`. */
export function http2Conformance(
  t: Test,
  name: string,
  create: CreateTransport,
  exceptions: Exceptions = {},
): void {
  void t.test(`${name} with HTTP/2`, (t) => runSuite(t, HTTP2, create, exceptions))
}
