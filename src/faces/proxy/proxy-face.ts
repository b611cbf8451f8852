import { TrustedPeers } from '../../core/client-address.js'
import type { Director } from '../../core/director.js'
import type { Clock } from '../../core/ports.js'
import type { GroupSnapshot } from '../../core/snapshot.js'
import type { Steer } from '../../core/steering.js'
import type { TargetGroup } from '../../core/target-group.js'
import type { Target } from '../../core/target.js'
import type { Log } from '../../telemetry/log.js'
import type { Traffic } from '../../telemetry/traffic.js'
import type { Face } from '../face.js'
import { AccessLog } from './access-log.js'
import type { ClientConnection } from './client-connection.js'
import type { ServerReply, ServerRequest } from './client-message.js'
import { ClientResponse } from './client-response.js'
import { countRefused, countRequest } from './count-request.js'
import { Deadlines } from './deadlines.js'
import type { ForwardContext, Switched } from './forward-context.js'
import { Forwarding } from './forwarding.js'
import { Inbound } from './inbound.js'
import { Listener } from './listener.js'
import { Router } from './router.js'
import type { ListenerRule, ProxySettings } from './settings.js'
import { steeringParameters } from './steering-parameters.js'
import { Transports } from './transport/transports.js'
import { tunnel } from './tunnel.js'

/** What the proxy works with. */
export interface ProxySurroundings {
  readonly director: Director
  readonly steer: Steer
  readonly clock: Clock
  readonly log: Log
  readonly traffic: Traffic
}

/** The layer-7 reverse proxy: route, match, pick, forward. */
export class ProxyFace implements ForwardContext, Face<ProxySettings, Listener> {
  readonly deadlines: Deadlines
  settings: ProxySettings
  listener: Listener | undefined
  trusted: TrustedPeers
  private router: Router
  private transports: Transports
  private readonly accessLog: AccessLog
  private readonly surroundings: ProxySurroundings

  constructor(settings: ProxySettings, surroundings: ProxySurroundings) {
    this.surroundings = surroundings
    this.settings = settings
    this.deadlines = new Deadlines(surroundings.clock)
    this.accessLog = new AccessLog(surroundings)
    this.trusted = new TrustedPeers(settings.trustProxy)
    this.router = new Router(settings.rules)
    this.transports = this.newTransports(settings)
  }

  get traffic(): Traffic {
    return this.surroundings.traffic
  }

  get address(): string | undefined {
    return this.listener?.address
  }

  async bind(settings: ProxySettings): Promise<Listener> {
    return this.listener?.fits(settings) ? this.listener : await this.open(settings)
  }

  async take(settings: ProxySettings, listener: Listener, signal: AbortSignal): Promise<void> {
    const before = this.listener
    const sameHeads = settings.maxHeaderSizeBytes === this.settings.maxHeaderSizeBytes
    this.listener = listener
    this.settings = settings
    this.trusted = new TrustedPeers(settings.trustProxy)
    this.router = new Router(settings.rules)
    listener.apply(settings)
    if (!sameHeads) {
      this.transports.close()
      this.transports = this.newTransports(settings)
    }
    if (before !== listener) await before?.drain(signal)
  }

  async stop(signal: AbortSignal): Promise<void> {
    await this.listener?.drain(signal)
    this.transports.close()
    this.accessLog.flush()
  }

  /** Targets of a group were taken out of service: requests that still wait for one of them need not. */
  withdraw(groupName: string, isOut: (id: string) => boolean): void {
    for (const connection of this.listener?.connections ?? []) {
      for (const forwarding of connection.active.toArray()) {
        const { destination, attempts } = forwarding
        const id = attempts?.candidate?.target.id
        if (destination?.group.settings.name !== groupName || id === undefined) continue
        if (isOut(id)) forwarding.leaveTarget()
      }
    }
  }

  /** Drops idle connections to targets that `keep` does not know. */
  prune(keep: (target: Target) => boolean): void {
    this.transports.prune(keep)
  }

  /** Targets of a group, which requests may soon go to. */
  prepare(group: GroupSnapshot): void {
    this.transports.prepare(group)
  }

  transportFor(target: Target, group: TargetGroup): ReturnType<Transports['for']> {
    return this.transports.for(target, group)
  }

  private newTransports(settings: ProxySettings): Transports {
    const { clock } = this.surroundings
    return new Transports({ maxHeadBytes: settings.maxHeaderSizeBytes, clock })
  }

  private async open(settings: ProxySettings): Promise<Listener> {
    const { clock, log } = this.surroundings
    return Listener.open(
      settings,
      {
        onRequest: (request, reply, connection) => this.handle(request, reply, connection),
        onRefused: (code) => countRefused(this.traffic, code),
        onCertificateError: (error) =>
          log.error({ err: error, file: settings.tls?.certFile }, 'certificate not replaced'),
      },
      { clock, deadlines: this.deadlines },
    )
  }

  private handle(request: ServerRequest, reply: ServerReply, connection: ClientConnection): void {
    const inbound = new Inbound(request, connection, this.trusted)
    const forwarding = new Forwarding(inbound, new ClientResponse(reply, inbound), this)
    const problem = inbound.check(this.settings.maxHeaderSizeBytes) ?? this.sizeProblem(inbound)
    if (problem) forwarding.fail(problem, !inbound.isFramed)
    else if (inbound.path === '*') forwarding.answerOptions()
    else this.route(forwarding)
  }

  private sizeProblem({ body }: Inbound): 'REQUEST_TOO_LARGE' | undefined {
    const { maxBodySizeBytes } = this.settings
    const isOver = maxBodySizeBytes > 0 && typeof body === 'number' && body > maxBodySizeBytes
    return isOver ? 'REQUEST_TOO_LARGE' : undefined
  }

  private route(forwarding: Forwarding): void {
    const { hostName, path } = forwarding.inbound
    const rule = this.router.match(hostName, path)
    const group = rule && this.surroundings.director.group(rule.targetGroup)
    if (rule?.application !== undefined) this.steer(forwarding, rule, group)
    else if (group) forwarding.forward({ rule, group })
    else forwarding.fail('RULE_NOT_FOUND')
  }

  /** Asks the application of a rule which of its hosts a request goes to. */
  private steer(forwarding: Forwarding, rule: ListenerRule, group: TargetGroup | undefined): void {
    const { inbound } = forwarding
    const parameters = steeringParameters(inbound)
    if (!parameters) {
      forwarding.fail('REQUEST_MALFORMED')
      return
    }
    const steered = this.surroundings.steer(rule.application ?? '', parameters, inbound)
    if (group && steered) forwarding.forward({ rule, group, steered })
    else forwarding.fail('NO_TARGET')
  }

  tunnel(forwarding: Forwarding, switched: Switched): void {
    const client = forwarding.inbound.request.switchProtocol()
    tunnel(client, switched, this.settings.upgradeTimeoutMs, (code, received, sent) =>
      forwarding.endTunnel(code, received, sent),
    )
  }

  finished(forwarding: Forwarding): void {
    const now = this.deadlines.now()
    forwarding.inbound.connection.release(forwarding, now)
    countRequest(this.traffic, forwarding, now)
    this.accessLog.tell(this.settings.accessLog, forwarding, now)
  }
}
