import { PointsmanError } from '../../core/errors.js'
import { queryOf } from '../../core/request-parameters.js'
import type { Parameters } from '../../model/decision.js'

function malformed(text: string, cause?: unknown): PointsmanError {
  return new PointsmanError('REQUEST_MALFORMED', text, cause)
}

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true })

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(STRICT_UTF8.decode(body))
  } catch (error) {
    throw malformed('The body is not JSON in UTF-8', error)
  }
}

/**
 * Adds the parameters of a body: a flat JSON object of texts, numbers and booleans, which win over what is there; null is
 * none.
 * @throws PointsmanError REQUEST_MALFORMED
 */
export function addBody(parameters: Map<string, string>, body: Uint8Array): void {
  if (body.length === 0) return
  const document = parsed(body)
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw malformed('The body is not a JSON object')
  for (const [name, value] of Object.entries(document)) {
    if (value === null) continue
    if (typeof value === 'object')
      throw malformed('The body is not flat: its values are to be texts')
    parameters.set(name, String(value))
  }
}

/** The query that the client wants to find in the URL that it is sent to. */
export function connectQuery(parameters: Parameters): string {
  const url = parameters.get('connectUrl')
  return url === undefined ? '' : queryOf(url)
}
