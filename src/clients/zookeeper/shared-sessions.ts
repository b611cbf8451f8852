import type { ZookeeperPorts, ZookeeperSettings } from './session-keeper.js'
import { ZookeeperSession } from './zookeeper-session.js'

/** The use of a session by one of several. */
export interface Lease {
  readonly session: ZookeeperSession
  /** Call once; the last one who leaves closes the session. */
  end(): void
}

interface Shared {
  readonly session: ZookeeperSession
  users: number
}

/** One session for each ensemble, for everybody in the process who needs it. */
export class SharedSessions {
  private readonly ports: ZookeeperPorts
  private readonly bySettings = new Map<string, Shared>()

  constructor(ports: ZookeeperPorts) {
    this.ports = ports
  }

  /** The session with an ensemble, which has begun to connect. */
  use(settings: ZookeeperSettings): Lease {
    const key = JSON.stringify(settings)
    const shared = this.bySettings.get(key) ?? this.begin(settings, key)
    shared.users++
    const end = (): void => {
      if (--shared.users > 0) return
      this.bySettings.delete(key)
      void shared.session.close()
    }
    return { session: shared.session, end }
  }

  private begin(settings: ZookeeperSettings, key: string): Shared {
    const shared = { session: new ZookeeperSession(settings, this.ports), users: 0 }
    this.bySettings.set(key, shared)
    shared.session.connect()
    return shared
  }
}
