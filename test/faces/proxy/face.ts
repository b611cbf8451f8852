import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import pino from 'pino'
import type { Test } from 'tap'
import { Director } from '../../../src/core/director.js'
import type { GroupSettings } from '../../../src/core/group-settings.js'
import { targetAt } from '../../../src/core/target.js'
import type { GroupSnapshot } from '../../../src/core/snapshot.js'
import type { Listener } from '../../../src/faces/proxy/listener.js'
import { ProxyFace } from '../../../src/faces/proxy/proxy-face.js'
import type { ListenerRule, ProxySettings } from '../../../src/faces/proxy/settings.js'
import { Traffic } from '../../../src/telemetry/traffic.js'
import { ManualClock, seeded } from '../../support/clock.js'
import { factsOf, groupSettings } from '../../support/groups.js'
import { RawTarget, type Script } from '../../support/raw-target.js'

/** The rule for everything, but for what is said. */
export function ruleOf(rule: Partial<ListenerRule> = {}): ListenerRule {
  return {
    number: 1,
    pathPrefix: '/',
    pathRewrite: '',
    targetGroup: 'web',
    application: undefined,
    pathMatch: 'segment',
    preserveHost: false,
    host: undefined,
    ...rule,
  }
}

/** The settings of a proxy on a free port, with the defaults of the configuration. */
export function proxySettings(settings: Partial<ProxySettings> = {}): ProxySettings {
  return {
    host: '127.0.0.1',
    port: 0,
    tls: undefined,
    connectionTimeoutMs: 5000,
    upgradeTimeoutMs: 3_600_000,
    headersTimeoutMs: 10_000,
    requestTimeoutMs: 60_000,
    keepAliveTimeoutMs: 65_000,
    maxHeaderSizeBytes: 16_384,
    maxBodySizeBytes: 0,
    trustProxy: [],
    forwarded: false,
    trace: false,
    accessLog: 'all',
    rules: [ruleOf()],
    ...settings,
  }
}

/** A proxy inside this process, in front of one raw target, with its hands on the test's clock. */
export class Face {
  readonly clock: ManualClock
  readonly target: RawTarget
  /** The lines of the access log. */
  readonly accesses: Readonly<Record<string, unknown>>[]
  private readonly listener: Listener
  private readonly director: Director

  constructor(
    target: RawTarget,
    listener: Listener,
    behind: {
      readonly clock: ManualClock
      readonly director: Director
      readonly accesses: Record<string, unknown>[]
    },
  ) {
    this.target = target
    this.listener = listener
    this.clock = behind.clock
    this.director = behind.director
    this.accesses = behind.accesses
  }

  /** Attempts under way, as the group counts them. */
  get inFlight(): number {
    return this.director.group('web')?.order(factsOf({})).next()?.inFlight ?? NaN
  }

  get port(): number {
    return Number(this.listener.address.split(':')[1])
  }

  /** Clients that are connected. */
  get clients(): number {
    return this.listener.connections.size
  }

  /** Resolves when `condition` holds; rejects when it does not within ten seconds. */
  async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + 10_000
    while (!condition()) {
      assert.ok(performance.now() < deadline, `not in time: ${what}`)
      await turn()
    }
  }

  /** Resolves when every client's connection is gone. */
  async deserted(): Promise<void> {
    await this.until(() => this.clients === 0, `${this.clients} clients gone`)
  }

  /** Resolves when so many lines of the access log have left, which wait a little for others. */
  async accessed(lines: number): Promise<void> {
    const deadline = performance.now() + 10_000
    while (this.accesses.length < lines) {
      assert.ok(performance.now() < deadline, `not in time: line ${lines}`)
      await this.elapse(10)
      await turn()
    }
  }

  /** Turns the clock by `ms`, with what follows from it. */
  async elapse(ms: number): Promise<void> {
    await this.clock.elapse(ms)
  }
}

/** Whoever ends what was started. */
export type Teardown = Pick<Test, 'teardown'>

/** What a face is started with, besides the defaults. */
export interface FaceOptions {
  readonly settings?: Partial<ProxySettings>
  readonly group?: Partial<GroupSettings>
  /** Targets of other groups, by name. */
  readonly others?: Readonly<Record<string, { readonly port: number }>>
}

function snapshotOf(
  name: string,
  { port }: { readonly port: number },
  group: Partial<GroupSettings>,
): GroupSnapshot {
  const spec = { scheme: 'http', host: '127.0.0.1', port, basePath: '', weight: 1 } as const
  return { settings: groupSettings({ ...group, name }), targets: [targetAt(spec, spec.host)] }
}

/** Starts a proxy in front of a target that follows `script`; both are gone when the test ends. */
export async function startFace(
  t: Teardown,
  script: Script,
  { settings = {}, group = {}, others = {} }: FaceOptions = {},
): Promise<Face> {
  const target = await RawTarget.start(script)
  const clock = new ManualClock()
  const accesses: Record<string, unknown>[] = []
  const log = pino(
    {},
    {
      write: (lines) => {
        for (const line of lines.trimEnd().split('\n'))
          accesses.push(JSON.parse(line) as Record<string, unknown>)
      },
    },
  )
  const director = new Director({ clock, random: seeded(1), onOutcomes: () => undefined })
  const groups = Object.entries({ ...others, web: target }).map(([name, of]) =>
    snapshotOf(name, of, group),
  )
  director.apply({ groups })
  const all = proxySettings(settings)
  const face = new ProxyFace(all, {
    director,
    steer: () => undefined,
    clock,
    log,
    traffic: new Traffic(),
  })
  const listener = await face.bind(all)
  await face.take(all, listener, AbortSignal.abort())
  t.teardown(async () => {
    target.close()
    await face.stop(AbortSignal.abort())
  })
  return new Face(target, listener, { clock, director, accesses })
}
