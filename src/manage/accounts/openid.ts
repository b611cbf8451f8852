import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  discovery,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import { Type, type Static } from 'typebox'

/** The provider that operators can sign in at. */
export interface OpenidSettings {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUrl: string
  /** That becomes the name of the user. */
  readonly claim: string
}

/** What a browser has to bring back from the provider: the secrets of one sign-in. */
export const OpenidTicket = Type.Object({
  state: Type.String(),
  nonce: Type.String(),
  verifier: Type.String(),
})
export type OpenidTicket = Static<typeof OpenidTicket>

/** Who somebody is, as a provider says. */
export interface OpenidPerson {
  /** The claim that is asked for, as it is; undefined without it. */
  readonly name: string | undefined
  readonly displayName: string | undefined
  /** Issuer and subject: the two are never given to anybody else (OpenID Connect Core section 2). */
  readonly identity: string
}

const TIMEOUT_SECONDS = 10

/** Only of providers on this machine, by the configuration. */
function isPlain(url: string): boolean {
  return url.startsWith('http:')
}

/* eslint-disable @typescript-eslint/no-deprecated -- so marked only that it stands out; the discovery looks for this very function */
const PLAIN_HTTP: ((configuration: Configuration) => void)[] = [allowInsecureRequests]
/* eslint-enable @typescript-eslint/no-deprecated */

function textOf(claims: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const { [name]: value } = claims
  // An address that the provider has not seen answer may be anybody's.
  if (name === 'email' && claims['email_verified'] === false) return undefined
  return typeof value === 'string' ? value : undefined
}

/** An OpenID Connect provider, asked by the code flow with PKCE (RFC 7636), state and nonce. */
export class OpenidProvider {
  private readonly settings: OpenidSettings
  /** What the provider can do, read when it is first needed, and again after a failure. */
  private found: Promise<Configuration> | undefined

  constructor(settings: OpenidSettings) {
    this.settings = settings
  }

  /**
   * Where to send a browser, and what it has to bring back.
   * @throws Error when the provider does not answer
   */
  async begin(): Promise<{ readonly url: string; readonly ticket: OpenidTicket }> {
    const configuration = await this.configuration()
    const ticket = {
      state: randomState(),
      nonce: randomNonce(),
      verifier: randomPKCECodeVerifier(),
    }
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: this.settings.redirectUrl,
      scope: 'openid profile email',
      code_challenge: await calculatePKCECodeChallenge(ticket.verifier),
      code_challenge_method: 'S256',
      state: ticket.state,
      nonce: ticket.nonce,
    })
    return { url: url.href, ticket }
  }

  /**
   * Who came back.
   * @param search the query that they came with
   * @throws Error when they are not who began it, or the provider does not say who they are
   */
  async finish(search: string, { state, nonce, verifier }: OpenidTicket): Promise<OpenidPerson> {
    const configuration = await this.configuration()
    const { redirectUrl, claim } = this.settings
    const tokens = await authorizationCodeGrant(configuration, new URL(search, redirectUrl), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    })
    const told = tokens.claims()
    if (!told) throw new Error('The provider has sent no id token')
    const { iss, sub } = told
    const isEnough = textOf(told, claim) !== undefined
    const claims = isEnough
      ? told
      : { ...(await fetchUserInfo(configuration, tokens.access_token, sub)), ...told }
    return {
      name: textOf(claims, claim),
      displayName: textOf(claims, 'name'),
      identity: `${iss} ${sub}`,
    }
  }

  private async configuration(): Promise<Configuration> {
    this.found ??= this.discover()
    try {
      return await this.found
    } catch (error) {
      this.found = undefined
      throw error
    }
  }

  private async discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.settings
    const execute = isPlain(issuer) ? PLAIN_HTTP : []
    const options = { execute, timeout: TIMEOUT_SECONDS }
    const found = await discovery(new URL(issuer), clientId, undefined, undefined, options)
    const metadata = found.serverMetadata()
    // Without a word about it, this is the way (OpenID Connect Discovery section 3).
    const ways = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const way = ways.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost
    const configuration = new Configuration(metadata, clientId, undefined, way(clientSecret))
    configuration.timeout = TIMEOUT_SECONDS
    for (const allow of execute) allow(configuration)
    return configuration
  }
}
