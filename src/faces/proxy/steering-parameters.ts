import { addQuery, headerParameters } from '../../core/request-parameters.js'
import type { Inbound } from './inbound.js'

/** What the rules of an application may ask of a request; undefined when its query is not percent-encoded UTF-8. */
export function steeringParameters(inbound: Inbound): ReadonlyMap<string, string> | undefined {
  const parameters = headerParameters(inbound.fields)
  try {
    addQuery(parameters, inbound.query.slice(1))
  } catch {
    return undefined
  }
  if (!parameters.has('clientAddress')) parameters.set('clientAddress', inbound.clientAddress)
  return parameters
}
