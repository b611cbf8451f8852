import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { clientAddress, plainAddress, TrustedPeers } from '../../core/client-address.js'
import { PointsmanError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import { addQuery, headerParameters, queryOf } from '../../core/request-parameters.js'
import type { Absence, Applications } from '../../model/applications.js'
import type { SteeredApplication } from '../../model/steered-application.js'
import type { GatewayCounts } from '../../telemetry/gateway-traffic.js'
import type { Log } from '../../telemetry/log.js'
import type { Face } from '../face.js'
import { decide, type Answer } from './decide.js'
import { GatewayListener, type GatewayRoutes } from './gateway-listener.js'
import { addBody } from './parameters.js'
import { redirect, redirectAsBefore, sendBody, sendProblem } from './reply.js'
import type { GatewaySettings } from './settings.js'

/** What the gateway works with. */
export interface GatewaySurroundings {
  readonly applications: Applications
  readonly clock: Clock
  readonly log: Log
  readonly counts: GatewayCounts
  /** Of this program. */
  readonly version: string
}

/** An application that a route names. */
interface Asked {
  readonly Params: { readonly application: string }
}

/** What was answered. */
interface Given {
  readonly application: string
  readonly answer: Answer
  readonly location: string | undefined
}

function peerOf({ socket }: IncomingMessage): string {
  return plainAddress(socket.remoteAddress ?? '')
}

/** The values of a field, joined; Node's own object of all fields costs more than the rest of an answer needs. */
function valueOf({ rawHeaders }: IncomingMessage, name: string): string | undefined {
  let joined: string | undefined
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const own = rawHeaders[at] ?? ''
    if (own.length !== name.length || own.toLowerCase() !== name) continue
    const value = rawHeaders[at + 1] ?? ''
    joined = joined === undefined ? value : `${joined}, ${value}`
  }
  return joined
}

function isBodyWanted(request: FastifyRequest): boolean {
  return valueOf(request.raw, 'accept')?.includes('application/json') ?? false
}

/** The redirect service: clients ask where to go, and the models of applications say it. */
export class GatewayFace implements Face<GatewaySettings, GatewayListener>, GatewayRoutes {
  listener: GatewayListener | undefined
  private settings: GatewaySettings
  private trusted: TrustedPeers
  private readonly surroundings: GatewaySurroundings

  constructor(settings: GatewaySettings, surroundings: GatewaySurroundings) {
    this.surroundings = surroundings
    this.settings = settings
    this.trusted = new TrustedPeers(settings.trustProxy)
  }

  get address(): string | undefined {
    return this.listener?.address
  }

  async bind(settings: GatewaySettings): Promise<GatewayListener> {
    if (this.listener?.fits(settings)) return this.listener
    return GatewayListener.open(settings, this, this.surroundings.clock)
  }

  async take(
    settings: GatewaySettings,
    listener: GatewayListener,
    signal: AbortSignal,
  ): Promise<void> {
    const before = this.listener
    this.listener = listener
    this.settings = settings
    this.trusted = new TrustedPeers(settings.trustProxy)
    listener.apply(settings)
    if (before !== listener) await before?.drain(signal)
  }

  async stop(signal: AbortSignal): Promise<void> {
    await this.listener?.drain(signal)
  }

  ask(request: FastifyRequest, reply: FastifyReply): void {
    const { application: name } = request.params as Asked['Params'] // The route has this one parameter.
    const application = this.surroundings.applications.get(name)
    if (typeof application === 'string') {
      this.refuse(reply, name, application)
      return
    }
    try {
      const answer = this.decide(application, request)
      const location = this.send(request, reply, answer)
      this.count(name, answer.by, reply)
      this.logAccess(request, reply, { application: name, answer, location })
    } catch (error) {
      if (!(error instanceof PointsmanError)) throw error
      sendProblem(reply, 400, error.message)
      this.count(name, 'none', reply)
    }
  }

  health(reply: FastifyReply): void {
    if (this.surroundings.applications.isComplete) reply.type('text/plain').send('OK')
    else sendProblem(reply, 503, 'The models of the applications are not known yet')
  }

  version(reply: FastifyReply): void {
    reply.send({ version: this.surroundings.version })
  }

  /** @throws PointsmanError REQUEST_MALFORMED */
  private decide(application: SteeredApplication, request: FastifyRequest): Answer {
    return decide(application, {
      parameters: this.parametersOf(request),
      isSecure: this.isSecure(request),
      isLegacy: this.settings.response === 'legacy-redirect',
    })
  }

  /** @returns where to, if by a redirect */
  private send(request: FastifyRequest, reply: FastifyReply, answer: Answer): string | undefined {
    const { response } = this.settings
    if (response === 'legacy-redirect') return redirectAsBefore(reply, answer)
    if (response !== 'body' && !isBodyWanted(request)) return redirect(reply, answer)
    sendBody(reply, answer)
    return undefined
  }

  private refuse(reply: FastifyReply, name: string, why: Absence): void {
    const isLegacy = this.settings.response === 'legacy-redirect'
    if (why === 'unknown') sendProblem(reply, 404, 'There is no application of this name')
    else if (isLegacy) sendProblem(reply, 404, 'The application has no model yet')
    else sendProblem(reply, 503, 'The application has no model yet')
    // Anybody can ask for any name: those of no application are counted together.
    this.count(why === 'unknown' ? '' : name, 'none', reply)
  }

  /** @throws PointsmanError REQUEST_MALFORMED */
  private parametersOf(request: FastifyRequest): ReadonlyMap<string, string> {
    const { body, raw, url } = request
    const parameters = headerParameters(raw.rawHeaders)
    if (request.method !== 'POST') addQuery(parameters, queryOf(url))
    else if (Buffer.isBuffer(body)) addBody(parameters, body)
    const isLegacy = this.settings.response === 'legacy-redirect'
    if (!isLegacy && !parameters.has('clientAddress'))
      parameters.set('clientAddress', this.clientOf(request))
    return parameters
  }

  private clientOf({ raw }: FastifyRequest): string {
    const peer = peerOf(raw)
    return this.trusted.includes(peer)
      ? clientAddress(peer, valueOf(raw, 'x-forwarded-for'), this.trusted)
      : peer
  }

  /** The gateway itself speaks no TLS: a proxy in front of it does, and says so. */
  private isSecure({ raw }: FastifyRequest): boolean {
    return this.trusted.includes(peerOf(raw)) && valueOf(raw, 'x-forwarded-proto') === 'https'
  }

  private count(application: string, by: string, { statusCode }: FastifyReply): void {
    this.surroundings.counts.add([application, by, String(statusCode)], 1)
  }

  private logAccess(request: FastifyRequest, reply: FastifyReply, given: Given): void {
    const { accessLog } = this.settings
    const { statusCode: status } = reply
    if (accessLog === 'off' || (accessLog === 'errors' && status < 500)) return
    const { application, location, answer } = given
    const { by, name } = answer
    const client = this.clientOf(request)
    const { method } = request
    this.surroundings.log.info(
      { client, method, application, by, name, status, location },
      'gateway',
    )
  }
}
