import assert from 'node:assert/strict'
import { targetAt, type Scheme, type Target } from '../../../src/core/target.js'
import type { OutboundRequest, Transport } from '../../../src/faces/proxy/transport/transport.js'
import { RawTarget, type Script } from '../raw-target.js'
import { certificate, Peer, PEER_HOST, type Handler } from './peer.js'
import { Sent, steady } from './sent.js'

/** One thing that every transport must do. */
export interface Case {
  /** A sentence. */
  readonly name: string
  /** Rejects when the transport does not do it. */
  run(world: World): Promise<void>
}

/** What a request is when a case says nothing of it. */
export type Request = Partial<Omit<OutboundRequest, 'target'>>

const PLAIN_REQUEST: Omit<OutboundRequest, 'target'> = {
  tls: { verify: true, ca: certificate.cert },
  method: 'GET',
  path: '/',
  fields: ['Host', PEER_HOST],
  body: 'none',
  expectContinue: false,
  upgrade: undefined,
  acceptsTrailers: false,
  freshConnection: false,
}

/** A transport, and the targets and exchanges of one case. */
export class World {
  readonly transport: Transport
  readonly scheme: Scheme
  private readonly exchanges: Sent[] = []
  private readonly rawTargets: RawTarget[] = []
  private readonly peers: Peer[] = []

  constructor(transport: Transport, scheme: Scheme) {
    this.transport = transport
    this.scheme = scheme
  }

  /** The target at a port of this machine, with the name of the peers' certificate. */
  target(port: number, host = PEER_HOST): Target {
    return targetAt({ scheme: this.scheme, host, port, basePath: '', weight: 1 }, '127.0.0.1')
  }

  /** A server that speaks the world's scheme. */
  async peer(handler: Handler): Promise<{ peer: Peer; target: Target }> {
    const peer = await Peer.start(this.scheme, handler)
    this.peers.push(peer)
    return { peer, target: this.target(peer.port) }
  }

  /** A target that sends and sees bytes. */
  async rawTarget(script: Script): Promise<{ raw: RawTarget; target: Target }> {
    const raw = await RawTarget.start(script)
    this.rawTargets.push(raw)
    return { raw, target: this.target(raw.port) }
  }

  /** Sends a request: GET / without a body, but for what is said. */
  send(target: Target, request: Request = {}): Sent {
    const sent = new Sent(this.transport, { ...PLAIN_REQUEST, ...request, target })
    this.exchanges.push(sent)
    if (request.body === undefined) sent.exchange.end([])
    return sent
  }

  /** Sends a request, and gives it when its response came whole. */
  async ask(target: Target, request: Request = {}): Promise<Sent> {
    return this.send(target, request).ended()
  }

  /** Resolves when nothing broke the contract and, the transport being closed, no connection is left. */
  async finish(): Promise<void> {
    this.transport.close()
    for (const sent of this.exchanges) sent.abort()
    // At once, and not when somebody has waited long enough.
    const targets = [...this.peers, ...this.rawTargets]
    const open = () => targets.reduce((sum, target) => sum + target.openConnections, 0)
    assert.equal(await steady(open), 0, 'no connection is left')
    assert.deepEqual(
      this.exchanges.flatMap(({ violations }) => violations),
      [],
    )
    assert.deepEqual(
      this.rawTargets.flatMap(({ errors }) => errors),
      [],
    )
  }

  close(): void {
    this.transport.close()
    for (const target of [...this.peers, ...this.rawTargets]) target.close()
  }
}
