import { connect, type Socket } from 'node:net'
import type { Target } from '../core/target.js'
import { attempt } from './attempt.js'
import type { Checker } from './checker.js'
import type { TcpCheckSettings } from './settings.js'

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on('connect', resolve)
    socket.on('error', reject)
    socket.on('close', reject)
  })
}

/** A target is well when it accepts a connection; nothing is sent. */
export class TcpChecker implements Checker {
  private readonly settings: TcpCheckSettings

  constructor(settings: TcpCheckSettings) {
    this.settings = settings
  }

  check(target: Target, signal: AbortSignal): Promise<void> {
    const port = this.settings.port ?? target.port
    return attempt(signal, () => connect({ host: target.address, port }), connected)
  }
}
