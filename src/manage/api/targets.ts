import { Type, type Static } from 'typebox'
import type { TargetOverride } from '../../core/health.js'

/**
 * What an operator wants of a target: `draining` takes no new clients, and keeps those that stick to it; `disabled` takes
 * none at all. Requests under way end in any case.
 */
export const OverrideView = Type.Object(
  {
    state: Type.Union([
      Type.Literal('enabled'),
      Type.Literal('draining'),
      Type.Literal('disabled'),
    ]),
    /** In place of the configured one; null leaves that. */
    weight: Type.Union([Type.Integer({ minimum: 1, maximum: 100 }), Type.Null()]),
  },
  { additionalProperties: false },
)
export type OverrideView = Static<typeof OverrideView>

/** As operators are told of it. */
export function overrideView({ state, weight }: TargetOverride): OverrideView {
  return { state, weight: weight ?? null }
}
