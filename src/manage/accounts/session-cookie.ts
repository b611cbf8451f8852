import type { CookieSerializeOptions } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'

const NAME = 'pointsman'

/** Whether a browser would send a cookie back that is for encrypted connections alone. */
function isSecure({ protocol }: FastifyRequest): boolean {
  return protocol === 'https'
}

/** The prefix has browsers take the cookie from this very host alone (RFC 6265bis section 4.1.3.2). */
function nameOf(request: FastifyRequest, suffix: string): string {
  return `${isSecure(request) ? '__Host-' : ''}${NAME}${suffix}`
}

/** A cookie that no script sees, and that is gone when the browser ends. */
export class HiddenCookie {
  private readonly suffix: string
  private readonly sameSite: 'strict' | 'lax'

  /** @param suffix of its name, `''` or `-openid` for example */
  constructor(suffix: string, sameSite: 'strict' | 'lax') {
    this.suffix = suffix
    this.sameSite = sameSite
  }

  get(request: FastifyRequest): string | undefined {
    return request.cookies[nameOf(request, this.suffix)]
  }

  set(request: FastifyRequest, reply: FastifyReply, value: string, maxAgeSeconds?: number): void {
    const options = { ...this.options(request), ...(maxAgeSeconds && { maxAge: maxAgeSeconds }) }
    reply.setCookie(nameOf(request, this.suffix), value, options)
  }

  clear(request: FastifyRequest, reply: FastifyReply): void {
    reply.clearCookie(nameOf(request, this.suffix), this.options(request))
  }

  private options(request: FastifyRequest): CookieSerializeOptions {
    return { path: '/', httpOnly: true, secure: isSecure(request), sameSite: this.sameSite }
  }
}

/** The cookie that holds the id of a session. */
export const SESSION_COOKIE = new HiddenCookie('', 'strict')
