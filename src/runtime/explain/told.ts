import { Director } from '../../core/director.js'
import { applicationGroup } from '../../core/instance.js'
import { decide } from '../../faces/gateway/decide.js'
import { fullUrl } from '../../faces/gateway/location.js'
import type { Compile } from '../../model/applications.js'
import type { Explanation, Parameters } from '../../model/decision.js'
import type { DocumentProblem } from '../../model/document.js'
import { SteeredApplication } from '../../model/steered-application.js'
import { targetsOf } from '../application-hosts.js'
import { groupSettings } from '../supervised-application.js'
import { systemClock, systemRandom } from '../system-clock.js'
import type { StoredApplication } from './stored-application.js'

/** What is told of one decision. */
export interface Told {
  readonly application: string
  readonly version: number
  readonly explanation: Explanation
  /** The default server takes the place of what was decided. */
  readonly isFallback: boolean
  /** Whole URLs of hosts that a client with these parameters may be sent to; of each server one. */
  readonly locations: readonly string[]
  readonly hosts: { readonly count: number; readonly areLive: boolean }
  /** What is allowed in the model, but doubtful. */
  readonly warnings: readonly DocumentProblem[]
}

/**
 * Decides as a gateway would that had just started, and tells why.
 * @returns the problems of a model that cannot decide
 */
export function tell(
  name: string,
  { served, stacks, isLive }: StoredApplication,
  parameters: Parameters,
  compile: Compile,
): Told | readonly DocumentProblem[] {
  const compiled = compile(served)
  if ('problems' in compiled) return compiled.problems
  const { application } = compiled
  const director = new Director({
    clock: systemClock,
    random: systemRandom,
    onOutcomes: () => undefined,
  })
  const targets = targetsOf(stacks, served.model.settings)
  director.apply({ groups: [{ settings: groupSettings(name), targets }] })
  const steered = new SteeredApplication(name, served, application, director)
  const { by, destinations } = decide(steered, { parameters, isSecure: false, isLegacy: false })
  return {
    application: name,
    version: served.version,
    explanation: application.explain(parameters),
    isFallback: by === 'fallback',
    locations: destinations.map(fullUrl),
    hosts: { count: director.group(applicationGroup(name))?.size ?? 0, areLive: isLive },
    warnings: application.warnings,
  }
}
