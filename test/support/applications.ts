import { Director } from '../../src/core/director.js'
import { applicationGroup, instanceTarget } from '../../src/core/instance.js'
import { Applications } from '../../src/model/applications.js'
import { compileApplication } from '../../src/model/compile.js'
import type { ApplicationModel, NamespacedList, StackHosts } from '../../src/model/document.js'
import { readHosts, readModel } from '../../src/model/read-model.js'
import type { SteeredApplication } from '../../src/model/steered-application.js'
import { ManualClock, seeded } from './clock.js'
import { groupSettings } from './groups.js'

/** A JSON document. */
export type Document = Readonly<Record<string, unknown>>

const LEAST = {
  defaultServer: { name: 'default', path: '1.9' },
  urlDefaults: { protocol: 'https', urn: 'play', port: 8443, ipVersion: 4 },
  whitelist: ['/DC1/Z1', '/DC2/Z1'],
}

/** A model with a default server of flavor 1.9, and with what the document says. */
export function modelOf(document: Document = {}): ApplicationModel {
  const read = readModel({ ...LEAST, ...document })
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return read.content
}

/** Hosts from their JSON form. */
export function hostsOf(document: unknown): readonly StackHosts[] {
  const read = readHosts(document)
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return read.content
}

/** A condition that a parameter is equal to a value. */
export function equals(parameter: string, value: string): Document {
  return { kind: 'equals', parameter, value }
}

/** A rule that leads to a server when a parameter has a value. */
export function ruleTo(id: string, server: Document, condition = equals('a', id)): Document {
  return { id, conditions: [condition], then: { server: { name: id, ...server } } }
}

/** One application `shop`, with hosts that stand still. */
export class Shop {
  readonly director = new Director({
    clock: new ManualClock(),
    random: seeded(1),
    onOutcomes: () => undefined,
  })
  readonly applications = new Applications(this.director)
  private version = 0

  constructor(model: ApplicationModel = modelOf(), hosts: readonly StackHosts[] = []) {
    const { applications } = this
    applications.compile = (served) =>
      compileApplication(served.model, served.lists, { next: Math.random })
    applications.take({ kind: 'complete' })
    this.serve(model)
    this.takeHosts(hosts)
  }

  serve(model: ApplicationModel, lists: readonly NamespacedList[] = []): void {
    const served = { version: this.version++, model, lists }
    this.applications.take({ kind: 'model', name: 'shop', served })
  }

  /** @param down ids of those that do not serve */
  takeHosts(stacks: readonly StackHosts[], down: readonly string[] = []): void {
    const targets = stacks.flatMap(({ path, hosts }) =>
      hosts.flatMap(
        ({ weight, ...addresses }) => instanceTarget({ stack: path, ...addresses }, weight) ?? [],
      ),
    )
    const settings = groupSettings({ name: applicationGroup('shop'), algorithm: 'WEIGHTED' })
    const standings = Object.fromEntries(
      down.map((id) => [id, { state: 'unhealthy', serves: false } as const]),
    )
    this.director.update({ settings, targets, standings })
  }

  get steered(): SteeredApplication {
    const application = this.applications.get('shop')
    if (typeof application === 'string') throw new Error(application)
    return application
  }
}
