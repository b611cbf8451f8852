import type { StatusView } from '../status.js'

const TIMEOUT_MS = 5000

/** The address of a service's management listener, from what somebody typed: a URL, or `host:port`. */
export function serviceUrl(text: string): URL {
  const url = new URL(/^https?:\/\//.test(text) ? text : `http://${text}`)
  return new URL(url.origin)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`
  // All that fetch itself says is `fetch failed`; of several addresses, all have failed.
  const { cause } = error
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ')
  return cause instanceof Error ? cause.message : error.message
}

function isStatus(answer: unknown): answer is StatusView {
  return typeof answer === 'object' && answer !== null && 'groups' in answer && 'at' in answer
}

/**
 * Asks a service how it is.
 * @param token of a user there, where there are users
 * @throws Error that says in one line, for people, why there is no status
 */
export async function askStatus(service: URL, token?: string): Promise<StatusView> {
  const url = new URL('/api/status', service)
  let answer: unknown
  try {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (response.status === 401 || response.status === 403)
      throw new Error(
        `it answers ${response.status}: POINTSMAN_TOKEN has to be a token of a viewer`,
      )
    if (!response.ok) throw new Error(`it answers ${response.status}`)
    answer = await response.json()
  } catch (error) {
    const text = `no status from ${url.href}: ${reasonOf(error)}; is this the management listener?`
    throw new Error(text, { cause: error })
  }
  if (!isStatus(answer)) throw new Error(`${url.href} is not that of Pointsman`)
  return answer
}
