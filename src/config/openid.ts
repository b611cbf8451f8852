import { GRANT_SUBJECT, ROLES } from '../core/credentials.js'
import { anyText, commaList } from './parsers.js'
import type { Findings } from './problem.js'
import { secret } from './secret.js'
import type { Reading, Values, Variables } from './variable.js'

/** What new users may do. */
export interface GivenGrant {
  readonly role: (typeof ROLES)[number]
  /** `*`, `lists` or `application:<name>`. */
  readonly on: string
}

/** Another service that operators sign in at. */
export interface OpenidConfig {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUrl: string
  /** That becomes the name of the user. */
  readonly claim: string
  /** Of users who sign in for the first time. */
  readonly grants: readonly GivenGrant[]
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** What passwords and codes are sent to: over TLS, or inside of this machine. */
function secureUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (!url || !isWeb) throw new Error('must be a URL like https://accounts.example.com')
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    throw new Error('must be an https URL: http is for addresses of this machine')
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    throw new Error('must have neither a user, a password nor a fragment')
  return text
}

function redirectUrl(text: string): string {
  if (new URL(secureUrl(text)).pathname !== '/api/openid/callback')
    throw new Error('must end in /api/openid/callback')
  return text
}

function grant(part: string): GivenGrant {
  const [name, ...rest] = part.split(':')
  const on = rest.join(':') || '*'
  const role = ROLES.find((each) => each === name)
  if (!role || !new RegExp(GRANT_SUBJECT).test(on))
    throw new Error(
      `must be one of ${ROLES.join(', ')}, alone or with :lists or :application:<name> behind it`,
    )
  return { role, on }
}

/** Signing in by OpenID Connect. */
export const openidVariables = {
  MANAGEMENT_OPENID_ISSUER: {
    parse: secureUrl,
    unset: 'nobody signs in by OpenID Connect',
    meaning:
      'URL of an OpenID Connect provider that operators can sign in at; what it can do is read below it, from `/.well-known/openid-configuration`',
    example: 'https://accounts.example.com',
  },
  MANAGEMENT_OPENID_CLIENT_ID: {
    parse: anyText,
    unset: 'none',
    meaning: 'what the provider knows this service by',
    example: 'pointsman',
  },
  ...secret('MANAGEMENT_OPENID_CLIENT_SECRET', {
    parse: anyText,
    unset: 'none',
    meaning: 'what this service shows the provider that it is the one',
    example: 'x7Gq0c…',
  }),
  MANAGEMENT_OPENID_REDIRECT_URL: {
    parse: redirectUrl,
    unset: 'none',
    meaning:
      'where the provider sends browsers back to: what operators reach this service by, and `/api/openid/callback`',
    example: 'https://pointsman.example.com/api/openid/callback',
  },
  MANAGEMENT_OPENID_CLAIM: {
    parse: anyText,
    default: 'preferred_username',
    meaning:
      'claim that becomes the name of the user, in lower case; of the id token, else of the userinfo',
    example: 'email',
  },
  MANAGEMENT_OPENID_GRANTS: {
    parse: commaList(grant),
    unset: 'none: an administrator gives them',
    meaning:
      'comma list of what users may do who sign in for the first time: `viewer`, `editor`, `approver` or `administrator`, with `:lists` or `:application:<name>` behind it where it is not on everything',
    example: 'viewer, editor:application:shop',
  },
} as const satisfies Variables

/** Its variables as read. */
export type OpenidReading = Pick<Reading<typeof openidVariables>, 'given' | 'partial'>

const PARTNERS = [
  'MANAGEMENT_OPENID_ISSUER',
  'MANAGEMENT_OPENID_CLIENT_ID',
  'MANAGEMENT_OPENID_CLIENT_SECRET',
  'MANAGEMENT_OPENID_REDIRECT_URL',
] as const

/** Checks that what belongs together is there together. */
export function checkOpenid({ given, partial }: OpenidReading, findings: Findings): void {
  const isThere = (name: (typeof PARTNERS)[number]): boolean =>
    given[name] !== undefined || partial[name] !== undefined
  const hasFile = given.MANAGEMENT_OPENID_CLIENT_SECRET_FILE !== undefined
  if (!PARTNERS.some(isThere)) return
  for (const name of PARTNERS) {
    if (isThere(name) || (name === 'MANAGEMENT_OPENID_CLIENT_SECRET' && hasFile)) continue
    findings.problem(name, undefined, 'is required to sign in by OpenID Connect')
  }
}

/** Where operators sign in; undefined when nothing is said of it. */
export function openidConfig(values: Values<typeof openidVariables>): OpenidConfig | undefined {
  const {
    MANAGEMENT_OPENID_ISSUER: issuer,
    MANAGEMENT_OPENID_CLIENT_ID: clientId,
    MANAGEMENT_OPENID_CLIENT_SECRET: clientSecret,
    MANAGEMENT_OPENID_REDIRECT_URL: url,
  } = values
  if (!issuer || !clientId || !clientSecret || !url) return undefined
  const { MANAGEMENT_OPENID_CLAIM: claim, MANAGEMENT_OPENID_GRANTS: grants = [] } = values
  return { issuer, clientId, clientSecret, redirectUrl: url, claim, grants }
}
