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

function isBodyWanted(accept: string | undefined): boolean {
  return accept?.includes('application/json') ?? false
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

  ask(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { application: name } = request.params as Asked['Params'] // The route has this one parameter.
    const application = this.surroundings.applications.get(name)
    if (typeof application === 'string') return this.refuse(reply, name, application)
    try {
      const answer = this.decide(application, request)
      this.send(request, reply, answer)
      this.count(name, answer.by, reply)
      this.logAccess(request, reply, name, answer)
    } catch (error) {
      if (!(error instanceof PointsmanError)) throw error
      sendProblem(reply, 400, error.message)
      this.count(name, 'none', reply)
    }
    return reply
  }

  health(reply: FastifyReply): FastifyReply {
    if (this.surroundings.applications.isComplete) return reply.type('text/plain').send('OK')
    return sendProblem(reply, 503, 'The models of the applications are not known yet')
  }

  version(reply: FastifyReply): FastifyReply {
    return reply.send({ version: this.surroundings.version })
  }

  /** @throws PointsmanError REQUEST_MALFORMED */
  private decide(application: SteeredApplication, request: FastifyRequest): Answer {
    return decide(application, {
      parameters: this.parametersOf(request),
      isSecure: this.isSecure(request),
      isLegacy: this.settings.response === 'legacy-redirect',
    })
  }

  private send(request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply {
    const { response } = this.settings
    if (response === 'legacy-redirect') return redirectAsBefore(reply, answer)
    if (response === 'body' || isBodyWanted(request.headers.accept)) return sendBody(reply, answer)
    return redirect(reply, answer)
  }

  private refuse(reply: FastifyReply, name: string, why: Absence): FastifyReply {
    const isLegacy = this.settings.response === 'legacy-redirect'
    if (why === 'unknown') sendProblem(reply, 404, 'There is no application of this name')
    else if (isLegacy) sendProblem(reply, 404, 'The application has no model yet')
    else sendProblem(reply, 503, 'The application has no model yet')
    // Anybody can ask for any name: those of no application are counted together.
    this.count(why === 'unknown' ? '' : name, 'none', reply)
    return reply
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

  private peerOf({ raw }: FastifyRequest): string {
    return plainAddress(raw.socket.remoteAddress ?? '')
  }

  private clientOf(request: FastifyRequest): string {
    const list = request.headers['x-forwarded-for']
    const joined = Array.isArray(list) ? list.join(',') : list
    return clientAddress(this.peerOf(request), joined, this.trusted)
  }

  /** The gateway itself speaks no TLS: a proxy in front of it does, and says so. */
  private isSecure(request: FastifyRequest): boolean {
    const protocol = request.headers['x-forwarded-proto']
    return protocol === 'https' && this.trusted.includes(this.peerOf(request))
  }

  private count(application: string, by: string, { statusCode }: FastifyReply): void {
    this.surroundings.counts.add([application, by, String(statusCode)], 1)
  }

  private logAccess(
    request: FastifyRequest,
    reply: FastifyReply,
    application: string,
    { by, name }: Answer,
  ): void {
    const { accessLog } = this.settings
    const { statusCode: status } = reply
    if (accessLog === 'off' || (accessLog === 'errors' && status < 500)) return
    const location = reply.getHeader('location')
    const { method } = request
    const client = this.clientOf(request)
    this.surroundings.log.info(
      { client, method, application, by, name, status, location },
      'gateway',
    )
  }
}
