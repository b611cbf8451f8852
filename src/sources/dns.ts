import { isDeepStrictEqual } from 'node:util'
import { PointsmanError } from '../core/errors.js'
import { isServiceName, targetAt, type Target, type TargetSpec } from '../core/target.js'
import type { NameBook, Names } from './name-book.js'
import type { ServiceRecord } from './resolver.js'
import type { SourceReport } from './source.js'

/** What came of asking anew. */
export interface Refresh {
  /** Everything that was asked got an answer. */
  readonly isComplete: boolean
  /** Some answer is another than before. */
  readonly hasChanged: boolean
}

/** A host that stands for targets by way of DNS. */
export interface ResolvedHost {
  /** Asks DNS anew; what fails keeps its last answer, and is reported when it worked before or was never tried. */
  refresh(signal: AbortSignal): Promise<Refresh>
  /** The targets that `spec`, which names this host, stands for by the last answers. */
  targets(spec: TargetSpec): readonly Target[]
}

/** One name with its last answer. */
class KnownName<T> {
  answer: readonly T[]
  private failing = false
  private readonly name: string
  private readonly book: NameBook<T>
  private readonly report: (error: PointsmanError | undefined) => void

  constructor(
    name: string,
    book: NameBook<T>,
    report: (error: PointsmanError | undefined) => void,
  ) {
    this.name = name
    this.book = book
    this.report = report
    this.answer = book.remembered(name)
  }

  async refresh(signal: AbortSignal): Promise<Refresh> {
    const before = this.answer
    try {
      this.answer = await this.book.ask(this.name, signal)
      if (this.failing) this.report(undefined)
      this.failing = false
    } catch (error) {
      if (!(error instanceof PointsmanError)) throw error
      if (!this.failing && !signal.aborted) this.report(error)
      this.failing = true
    }
    return { isComplete: !this.failing, hasChanged: !isDeepStrictEqual(this.answer, before) }
  }
}

/** A host name: its addresses, each at the port of the spec. */
class HostName implements ResolvedHost {
  private readonly addresses: KnownName<string>

  constructor(host: string, names: Names, report: SourceReport) {
    const subject = `name ${host}`
    this.addresses = new KnownName(host, names.addresses, (error) => report({ subject, error }))
  }

  refresh(signal: AbortSignal): Promise<Refresh> {
    return this.addresses.refresh(signal)
  }

  targets(spec: TargetSpec): readonly Target[] {
    return this.addresses.answer.map((address) => targetAt(spec, address))
  }
}

/** A service name: host names, ports and weights from its records, whatever port and weight the spec has. */
class ServiceName implements ResolvedHost {
  private readonly names: Names
  private readonly report: SourceReport
  private readonly records: KnownName<ServiceRecord>
  private hosts: ReadonlyMap<string, HostName> = new Map()

  constructor(service: string, names: Names, report: SourceReport) {
    const subject = `service ${service}`
    this.names = names
    this.report = report
    this.records = new KnownName(service, names.services, (error) => report({ subject, error }))
    this.keepHosts()
  }

  async refresh(signal: AbortSignal): Promise<Refresh> {
    const records = await this.records.refresh(signal)
    this.keepHosts()
    const hosts = [...this.hosts.values()]
    const all = [records, ...(await Promise.all(hosts.map((host) => host.refresh(signal))))]
    return {
      isComplete: all.every(({ isComplete }) => isComplete),
      hasChanged: all.some(({ hasChanged }) => hasChanged),
    }
  }

  targets(spec: TargetSpec): readonly Target[] {
    return this.records.answer.flatMap(({ name, port, weight }) => {
      const host = this.hosts.get(name)
      return host ? host.targets({ ...spec, host: name, port, weight }) : []
    })
  }

  private keepHosts(): void {
    const names = new Set(this.records.answer.map(({ name }) => name))
    const known = this.hosts
    this.hosts = new Map(
      [...names].map((name) => [
        name,
        known.get(name) ?? new HostName(name, this.names, this.report),
      ]),
    )
  }
}

/** What `host` stands for, beginning with what `names` remembers of it. */
export function resolvedHost(host: string, names: Names, report: SourceReport): ResolvedHost {
  return isServiceName(host)
    ? new ServiceName(host, names, report)
    : new HostName(host, names, report)
}
