import type { Condition, Template } from '../document.js'
import { quoted } from '../problems.js'
import type { LegacyElement } from './xml.js'

/** Every key of a condition, so that equal ones give equal texts. */
const KEYS = [
  'kind',
  'parameter',
  'value',
  'type',
  'caseSensitive',
  'values',
  'lists',
  'negated',
  'pattern',
  'percent',
  'of',
]

function textOf(condition: Condition): string {
  return JSON.stringify(condition, KEYS)
}

/** The conditions without those of a template; undefined when some of the template's are not there. */
function remainder(
  conditions: readonly Condition[],
  template: Template,
): readonly Condition[] | undefined {
  const rest = [...conditions]
  for (const condition of template.conditions) {
    const text = textOf(condition)
    const at = rest.findIndex((each) => textOf(each) === text)
    if (at < 0) return undefined
    rest.splice(at, 1)
  }
  return rest
}

/** The conditions of a rule, and the template that stands for some of them. */
export interface Referred {
  readonly template?: string
  readonly conditions: readonly Condition[]
}

/**
 * Takes the conditions that were copied from a template out of a rule, so that it follows the template from now on. They
 * stay where the template is not there, or has changed since.
 */
export function refer(
  element: LegacyElement,
  conditions: readonly Condition[],
  templates: readonly Template[],
): Referred {
  const name = element.attribute('templateName')
  if (name === undefined) return { conditions }
  const template = templates.find(({ id }) => id === name)
  const rest = template && remainder(conditions, template)
  if (rest) return { template: name, conditions: rest }
  const why = template ? 'has other conditions by now' : 'is not here'
  element.note(
    'TemplateNotKept',
    `template ${quoted(name)} ${why}; the rule keeps its own conditions`,
  )
  return { conditions }
}
