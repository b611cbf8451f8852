import { connect, isIP, type OnReadOpts, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls'
import { PointsmanError } from '../core/errors.js'
import { hostField, isSecure, type Target } from '../core/target.js'
import { askHttp1 } from './ask-http1.js'
import { askHttp2 } from './ask-http2.js'
import type { Checker } from './checker.js'
import type { Answer, Question } from './http-question.js'
import type { HttpCheckSettings, StatusRange } from './settings.js'

/** How much of a body is searched. */
const BODY_LIMIT_BYTES = 65_536

function statusText(statuses: readonly StatusRange[]): string {
  return statuses.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join()
}

/** A target is well when it answers one request with the expected status, and body if one is expected. */
export class HttpChecker implements Checker {
  private readonly settings: HttpCheckSettings
  private readonly fields: readonly string[]
  private readonly pattern: RegExp | undefined
  private secureContext: SecureContext | undefined

  constructor(settings: HttpCheckSettings) {
    const { fields, body } = settings
    const named = fields.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'user-agent')
    this.settings = settings
    this.fields = named ? fields : ['User-Agent', 'pointsman', ...fields]
    this.pattern = body === undefined ? undefined : new RegExp(body)
  }

  async check(target: Target, signal: AbortSignal): Promise<void> {
    const { scheme = target.scheme, port = target.port } = this.settings
    const isAsItIs = scheme === target.scheme && port === target.port
    const asked = isAsItIs ? target : { ...target, scheme, port }
    const ask = scheme === 'h2' || scheme === 'h2c' ? askHttp2 : askHttp1
    this.judge(await ask(this.questionFor(asked), (onread) => this.open(asked, onread), signal))
  }

  private questionFor(target: Target): Question {
    const { method, path, host = hostField(target) } = this.settings
    const scheme = isSecure(target.scheme) ? 'https' : 'http'
    const bodyBytes = this.pattern ? BODY_LIMIT_BYTES : 0
    return { scheme, method, path, host, fields: this.fields, bodyBytes }
  }

  /** Sessions are not resumed: each check sees the certificate that a new client would see. */
  private open({ scheme, host, address, port }: Target, onread?: OnReadOpts): Socket {
    const options = { host: address, port, ...(onread && { onread }) }
    if (!isSecure(scheme)) return connect(options)
    const { verify, ca, serverName = host } = this.settings.tls
    this.secureContext ??= createSecureContext(ca === undefined ? {} : { ca })
    return connectTls({
      ...options,
      ...(isIP(serverName) === 0 && { servername: serverName }),
      secureContext: this.secureContext,
      rejectUnauthorized: verify,
      ALPNProtocols: [scheme === 'h2' ? 'h2' : 'http/1.1'],
    })
  }

  private judge({ status, body }: Answer): void {
    const { statuses } = this.settings
    if (!statuses.some(({ from, to }) => from <= status && status <= to)) {
      const text = `status ${status}, expected ${statusText(statuses)}`
      throw new PointsmanError('RESPONSE_UNEXPECTED', text)
    }
    if (this.pattern && !this.pattern.test(body)) {
      throw new PointsmanError('RESPONSE_UNEXPECTED', `body does not match ${String(this.pattern)}`)
    }
  }
}
