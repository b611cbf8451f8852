import type { Cookie } from '../../core/balancers/balancer.js'
import { isNamed, listMembers } from './field-syntax.js'
import type { Inbound } from './inbound.js'
import { endsHere } from './request-fields.js'
import type { FlatFields, ResponseHead } from './transport/transport.js'

/** Lower-case names that the `Connection` fields of a message nominate. */
function nominatedBy(fields: FlatFields): readonly string[] {
  let names: string[] | undefined
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    if (!isNamed(name, 'connection')) continue
    const value = fields[i + 1] ?? ''
    // Nearly every target says this, and it names nothing that does not end here anyway.
    if (value !== 'keep-alive' && value !== 'close')
      names = [...(names ?? []), ...listMembers(value)]
  }
  return names ?? []
}

/** Whether the response has no body whatever its fields say. */
function isBodiless(head: ResponseHead, method: string): boolean {
  return method === 'HEAD' || head.status === 204 || head.status === 304
}

/** Whether trailers can be passed on: the body is chunked, and the client understands that. */
export function takesTrailers(head: ResponseHead, inbound: Inbound): boolean {
  return head.body === 'chunked' && inbound.request.version !== '1.0' && inbound.method !== 'HEAD'
}

/**
 * The fields a client gets: the target's without those of its connection, the length of the body if it is known, and
 * `Via`. How the client's connection goes on is the server's business.
 */
export function responseFields(head: ResponseHead, inbound: Inbound): string[] {
  const { fields } = head
  const nominated = nominatedBy(fields)
  const kept: string[] = []
  const bodiless = isBodiless(head, inbound.method)
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    const value = fields[i + 1] ?? ''
    if (endsHere(name, nominated)) {
      // HEAD and 304 tell the length of what they do not send.
      const tellsLength = bodiless && head.status !== 204 && isNamed(name, 'content-length')
      if (tellsLength) kept.push(name, value)
      continue
    }
    if (isNamed(name, 'trailer') && !takesTrailers(head, inbound)) continue
    kept.push(name, value)
  }
  if (!bodiless && head.body !== 'chunked') {
    kept.push('Content-Length', head.body === 'none' ? '0' : String(head.body))
  }
  kept.push('Via', '1.1 pointsman')
  return kept
}

/** A `Set-Cookie` that no script reads and no other site's form sends, for as long as the client's session lasts. */
export function cookieField({ name, value }: Cookie, isSecure: boolean): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
}

/** The fields of a response with status 100 to 199, as a client gets them. */
export function informationalFields(fields: FlatFields): string[] {
  const nominated = nominatedBy(fields)
  const kept: string[] = []
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    if (!endsHere(name, nominated)) kept.push(name, fields[i + 1] ?? '')
  }
  return kept
}
