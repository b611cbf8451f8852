import type { ObservedApplication, ObservedGateway, ObservedWatch } from '../telemetry/observed.js'

/** The model of one application. */
export interface ApplicationView {
  readonly name: string
  /** The version that serves; null while none could. */
  readonly version: number | null
  /** Since when it does, in ISO 8601; null while none does. */
  readonly since: string | null
  /** The newest version, when it does not serve; null when it does. */
  readonly refusedVersion: number | null
  /** Why it does not, with the place in the document. */
  readonly problems: readonly {
    readonly code: string
    readonly path: string
    readonly message: string
  }[]
  /** Where its hosts come from: `live`, `frozen`, `stored`. */
  readonly hosts: string
}

/** Something that is watched. */
export interface WatchView {
  readonly state: string
  /** For how long it has been lost, 0 while it is live; null before it told anything. */
  readonly ageSeconds: number | null
  /** Why it is lost; empty while it is not. */
  readonly reason: string
}

/** What steers clients by models of applications. */
export interface GatewayView {
  readonly store: WatchView
  /** Null where hosts do not register. */
  readonly discovery: WatchView | null
  readonly applications: readonly ApplicationView[]
}

function watchView({ state, ageMs, error }: ObservedWatch): WatchView {
  const ageSeconds = ageMs === undefined ? null : ageMs / 1000
  return { state, ageSeconds, reason: error?.message ?? '' }
}

function applicationView(application: ObservedApplication): ApplicationView {
  const { name, servedVersion, servedSinceMs, refusedVersion, problems, hosts } = application
  return {
    name,
    version: servedVersion ?? null,
    since: servedVersion === undefined ? null : new Date(servedSinceMs).toISOString(),
    refusedVersion: refusedVersion ?? null,
    problems,
    hosts,
  }
}

/** What steers clients by models, as operators are told of it. */
export function gatewayView({ store, discovery, applications }: ObservedGateway): GatewayView {
  return {
    store: watchView(store),
    discovery: discovery ? watchView(discovery) : null,
    applications: applications.map(applicationView),
  }
}
