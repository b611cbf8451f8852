import { PointsmanError } from './errors.js'

function malformed(text: string, cause?: unknown): PointsmanError {
  return new PointsmanError('REQUEST_MALFORMED', text, cause)
}

/**
 * The header of a request, with names as the client spelt them; of several fields of one name the first counts, and blank
 * ones are none.
 * @param rawHeaders names and values in turn
 */
export function headerParameters(rawHeaders: readonly string[]): Map<string, string> {
  const parameters = new Map<string, string>()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at], rawHeaders[at + 1]]
    if (!parameters.has(name) && value.trim() !== '') parameters.set(name, value)
  }
  return parameters
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (error) {
    throw malformed('The query is not percent-encoded UTF-8', error)
  }
}

function asItIs(text: string): string {
  return text
}

/**
 * Adds the parameters of a query, which win over what is there; of several with one name the first counts.
 * @param query as it came, without its `?`
 * @throws PointsmanError REQUEST_MALFORMED when it is not percent-encoded UTF-8
 */
export function addQuery(parameters: Map<string, string>, query: string): void {
  if (!/^[!-~]*$/.test(query)) throw malformed('The query has characters that are not encoded')
  const decode = /[%+]/.test(query) ? decoded : asItIs
  // From behind, so that the first of several is the one that stays; without pieces, for this is done for each request.
  for (let end = query.length; end > 0;) {
    const start = query.lastIndexOf('&', end - 1) + 1
    const equals = query.indexOf('=', start)
    const hasValue = equals >= 0 && equals < end
    const name = query.slice(start, hasValue ? equals : end)
    if (end > start)
      parameters.set(decode(name), hasValue ? decode(query.slice(equals + 1, end)) : '')
    end = start - 1
  }
}

/** The query of a URL, without its `?` and what is behind a `#`; empty when there is none. */
export function queryOf(url: string): string {
  const start = url.indexOf('?')
  if (start < 0) return ''
  const end = url.indexOf('#', start)
  return url.slice(start + 1, end < 0 ? undefined : end)
}
