import type {
  ApplicationModel,
  ApplicationSettings,
  Destination,
  DocumentProblem,
  NamespacedList,
  StackHosts,
  UrlParameters,
} from './document.js'
import { KnownHosts, stackOf } from './known-hosts.js'
import { below, Problems, quoted } from './problems.js'
import { KnownLists, type PatternCheck } from './validate-conditions.js'
import { validateDistribution } from './validate-distribution.js'
import { RulesValidation } from './validate-rules.js'
import { ServersValidation, validatePort, validateUrlParameters } from './validate-servers.js'
import { isBlank } from './text.js'
import { isStack } from './values.js'

/** What a model is valid or not together with. */
export interface Surroundings {
  readonly lists: readonly NamespacedList[]
  /** Those that are there by now; without it nothing is said about servers that have no host. */
  readonly hosts?: readonly StackHosts[]
  /** `patternProblem` of `match.ts`; without it nothing is said about patterns, which whoever compiles the model looks at. */
  readonly patternProblem?: PatternCheck | undefined
}

function validateUrlDefaults(
  urlDefaults: UrlParameters,
  needed: ReadonlySet<keyof UrlParameters>,
  problems: Problems,
): void {
  validateUrlParameters(urlDefaults, '/urlDefaults', problems)
  for (const key of needed)
    if (urlDefaults[key] === undefined) {
      const message = `${key} is missing, which the URLs of servers need`
      problems.add('UrlParamsHasEmptyValues', below('/urlDefaults', key), message)
    }
}

function validateWhitelist(model: ApplicationModel, problems: Problems): void {
  const { whitelist, defaultServer } = model
  for (const [index, path] of whitelist.entries()) {
    const place = below('/whitelist', index)
    if (isBlank(path)) problems.add('WhitelistEmptyPath', place, 'the stack is missing')
    else if (!isStack(path))
      problems.add('WhitelistInvalidPath', place, `${quoted(path)} is not /DC/AZ`)
  }
  const stack = stackOf(defaultServer)
  if (stack === undefined || defaultServer.nonWhitelisted || whitelist.includes(stack)) return
  const message = `${quoted(stack)}, which the default server names, is not whitelisted`
  problems.add('DeleteDefaultSeverWhitelistedPathError', '/whitelist', message)
}

function validateSettings(settings: ApplicationSettings, problems: Problems): void {
  const { minimumHosts, maximumDeviation = 0, hostCheck } = settings
  for (const [key, value] of Object.entries({ minimumHosts, maximumDeviation }))
    if (value < 0)
      problems.add('SettingInvalid', below('/settings', key), `must be 0 or more, and is ${value}`)
  if (!hostCheck) return
  validatePort(hostCheck.port, '/settings/hostCheck/port', problems)
  if (/^\/[^\s\p{Cc}]*$/u.test(hostCheck.path)) return
  const message = `must begin with / and have no blanks, and is ${quoted(hostCheck.path)}`
  problems.add('SettingInvalid', '/settings/hostCheck/path', message)
}

function validateUrlResult(parameters: UrlParameters, path: string, problems: Problems): void {
  const place = below(path, 'parameters')
  if (Object.keys(parameters).length === 0)
    problems.add('AllReturnURLParamsMissed', place, 'there is not one parameter')
  validateUrlParameters(parameters, place, problems)
}

/**
 * Whether a model makes sense, for operators and for the deciding that relies on it.
 * @returns everything that is wrong, in the order of the document; paths are those of its JSON form
 */
export function validateModel(
  model: ApplicationModel,
  { lists, hosts, patternProblem }: Surroundings,
): readonly DocumentProblem[] {
  const problems = new Problems()
  const check = { problems, lists: new KnownLists(lists), patternProblem }
  const servers = new ServersValidation(problems, hosts && new KnownHosts(hosts, model.whitelist))
  const rules = new RulesValidation<Destination>(check, model.templates, (destination, path) => {
    if (destination.kind === 'server') servers.check(destination.server, below(path, 'server'))
    else servers.checkGroup(destination.group, below(path, 'group'))
  })
  rules.checkRules(model.rules, '/rules')
  rules.checkTemplates(model.templates, '/templates')
  validateDistribution(model, servers, problems)
  servers.check(model.defaultServer, '/defaultServer')
  const urlRules = new RulesValidation<UrlParameters>(
    check,
    model.urlTemplates,
    (parameters, path) => validateUrlResult(parameters, path, problems),
  )
  urlRules.checkRules(model.urlRules, '/urlRules')
  urlRules.checkTemplates(model.urlTemplates, '/urlTemplates')
  validateUrlDefaults(model.urlDefaults, servers.needed, problems)
  validateWhitelist(model, problems)
  validateSettings(model.settings, problems)
  return problems.list
}
