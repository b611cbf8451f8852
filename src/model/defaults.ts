import { URL_TEMPLATE, type ApplicationSettings, type Server } from './document.js'

/** What an application's settings are where its document is silent. */
export const DEFAULT_SETTINGS: ApplicationSettings = {
  evaluationOrder: 'listed',
  missingMatches: true,
  minimumHosts: 1,
  registeredWeights: true,
}

/** The settings with which a model decides as Redirector does. */
export const LEGACY_SETTINGS: ApplicationSettings = {
  ...DEFAULT_SETTINGS,
  evaluationOrder: 'cost',
  missingMatches: false,
}

/** Weight of a host that says none. */
export const DEFAULT_HOST_WEIGHT = 5

/** Highest weight of a host. */
export const HIGHEST_HOST_WEIGHT = 100

/** A server of which nothing is said. */
export const NO_SERVER: Server = {
  name: '',
  description: '',
  url: URL_TEMPLATE,
  query: {},
  nonWhitelisted: false,
}
