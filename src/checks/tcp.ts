import { connect } from 'node:net'
import type { Target } from '../core/target.js'
import { attempt } from './attempt.js'
import type { Checker } from './checker.js'
import type { TcpCheckSettings } from './settings.js'

/** A target is well when it accepts a connection; nothing is sent. */
export class TcpChecker implements Checker {
  private readonly settings: TcpCheckSettings

  constructor(settings: TcpCheckSettings) {
    this.settings = settings
  }

  check(target: Target, signal: AbortSignal): Promise<void> {
    const port = this.settings.port ?? target.port
    return attempt(
      signal,
      () => connect({ host: target.address, port }),
      (socket, { pass }) => void socket.on('connect', pass),
    )
  }
}
