import { DEFAULT_SETTINGS } from './defaults.js'
import { EVALUATION_ORDERS, type ApplicationSettings, type HostCheck } from './document.js'
import type { JsonField } from './json-field.js'

function readHostCheck(field: JsonField): HostCheck | undefined {
  const object = field.object()
  object?.allow(['kind', 'port', 'path'])
  const kind = object?.need('kind')?.choice(['tcp', 'http'] as const)
  const port = object?.need('port')?.whole('PortIsInvalid') ?? 0
  return kind && { kind, port, path: object?.text('path', '/') ?? '/' }
}

const SETTINGS_KEYS = [
  'evaluationOrder',
  'missingMatches',
  'minimumHosts',
  'maximumDeviation',
  'discovery',
  'registeredWeights',
  'hostCheck',
]

/** What an application decides for itself. */
export function readSettings(field: JsonField | undefined): ApplicationSettings {
  const object = field?.object()
  if (!object) return DEFAULT_SETTINGS
  object.allow(SETTINGS_KEYS)
  const { evaluationOrder, missingMatches, minimumHosts, registeredWeights } = DEFAULT_SETTINGS
  const maximumDeviation = object.at('maximumDeviation')?.number()
  const discovery = object.at('discovery')?.choice(['dynamic', 'static'] as const)
  const check = object.at('hostCheck')
  const hostCheck = check && readHostCheck(check)
  return {
    evaluationOrder: object.at('evaluationOrder')?.choice(EVALUATION_ORDERS) ?? evaluationOrder,
    missingMatches: object.flag('missingMatches', missingMatches),
    minimumHosts: object.at('minimumHosts')?.whole() ?? minimumHosts,
    ...(maximumDeviation !== undefined && { maximumDeviation }),
    ...(discovery && { discovery }),
    registeredWeights: object.flag('registeredWeights', registeredWeights),
    ...(hostCheck && { hostCheck }),
  }
}
