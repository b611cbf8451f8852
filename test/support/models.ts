import { readModel } from '../../src/model/read-model.js'
import type { ApplicationModel, NamespacedList, StackHosts } from '../../src/model/document.js'

/** The JSON form of a model that is told from others by the flavor that its default server has. */
export function documentOf(flavor: string): object {
  return {
    defaultServer: { url: '{protocol}://{host}:{port}/{urn}', path: flavor },
    whitelist: ['/DC1/Z1'],
  }
}

/** A model that is told from others by the flavor that its default server has. */
export function modelOf(flavor: string): ApplicationModel {
  const read = readModel(documentOf(flavor))
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return read.content
}

/** What tells a model of `modelOf` from others. */
export function flavorOf(model: ApplicationModel | undefined): string | undefined {
  return model?.defaultServer.path
}

/** One list with these values. */
export function listsOf(...values: readonly string[]): readonly NamespacedList[] {
  return [{ name: 'beta', description: '', type: 'text', values }]
}

/** One host with this address, in flavor 1.0. */
export function hostsAt(ipv4: string): readonly StackHosts[] {
  return [{ path: '/DC1/Z1/1.0', hosts: [{ ipv4, weight: 5 }] }]
}
