/** What a balancer may know of the client being steered; read lazily, for most algorithms need none of it. */
export interface Facts {
  /** IP literal of the client. */
  readonly clientAddress: string
  /** Path as the client sent it, without the query. */
  readonly path: string
  /** First value of a header field, by lower-case name. */
  header(name: string): string | undefined
  cookie(name: string): string | undefined
  /** False where the client cannot be given a cookie, as in DNS; what sticks then is its address. */
  readonly takesCookies?: boolean
}
