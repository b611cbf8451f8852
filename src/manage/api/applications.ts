import { Type, type Static } from 'typebox'
import { nullable } from './nullable.js'
import { FieldProblem } from './problem.js'

export const ApplicationSummary = Type.Object({
  name: Type.String(),
  version: nullable(Type.Integer()),
  /** The version that this process serves, or would; null while none can. */
  servedVersion: nullable(Type.Integer()),
  /** Why the newest does not serve. */
  problems: Type.Array(FieldProblem),
  rules: Type.Integer(),
  urlRules: Type.Integer(),
  slices: Type.Integer(),
  hosts: Type.Integer(),
  openChanges: Type.Integer(),
})
export type ApplicationSummary = Static<typeof ApplicationSummary>

export const ApplicationView = Type.Interface([ApplicationSummary], {
  /** The model in its JSON form. */
  document: Type.Unknown(),
  /** Rules that cannot be reached, and other things that are allowed but doubtful. */
  warnings: Type.Array(FieldProblem),
})
export type ApplicationView = Static<typeof ApplicationView>

/** The hosts of one application on one stack in one flavor. */
export const StackView = Type.Object({
  /** `/DC/AZ/flavor`. */
  path: Type.String(),
  stack: Type.String(),
  flavor: Type.String(),
  isWhitelisted: Type.Boolean(),
  hosts: Type.Array(
    Type.Object({
      ipv4: nullable(Type.String()),
      ipv6: nullable(Type.String()),
      weight: Type.Integer(),
      /** As of targets: `healthy`, `unhealthy`, `unknown`. */
      state: Type.String(),
      serves: Type.Boolean(),
      reason: Type.String(),
    }),
  ),
})
export type StackView = Static<typeof StackView>

/** What people remark on stacks, by path: `/DC/AZ/flavor`. */
export const StackComments = Type.Object(
  {
    comments: Type.Record(
      Type.String({ pattern: '^(/[^/\\s]{1,200}){3}$' }),
      Type.String({ minLength: 1, maxLength: 500 }),
      { additionalProperties: false, maxProperties: 500 },
    ),
  },
  { additionalProperties: false },
)
export type StackComments = Static<typeof StackComments>

/** Who must agree to a change of an application, or of the lists. */
export const Policy = Type.Object({
  approvals: Type.Union([Type.Literal('required'), Type.Literal('none')]),
})
export type Policy = Static<typeof Policy>

export const ListView = Type.Object({
  name: Type.String(),
  description: Type.String(),
  type: Type.Union([Type.Literal('text'), Type.Literal('ip'), Type.Literal('encoded')]),
  size: Type.Integer(),
  /** Absent unless asked for. */
  values: Type.Optional(Type.Array(Type.String())),
  usedBy: Type.Array(
    Type.Object({ application: Type.String(), kind: Type.String(), rule: Type.String() }),
  ),
})
export type ListView = Static<typeof ListView>

/** A saved test case. */
export const TestCase = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  parameters: Type.Record(Type.String(), Type.String()),
  /** Each that is given must be so; a blank or absent one may be anything. Regard is not paid to case. */
  expected: Type.Object({
    /** `rule`, `distribution`, `default`. */
    by: Type.Optional(Type.String()),
    /** Id of the rule. */
    rule: Type.Optional(Type.String()),
    path: Type.Optional(Type.String()),
    protocol: Type.Optional(Type.String()),
    port: Type.Optional(Type.String()),
    urn: Type.Optional(Type.String()),
    ipVersion: Type.Optional(Type.String()),
    /** Ids of URL rules; each must have been used. */
    appliedUrlRules: Type.Optional(Type.Array(Type.String())),
  }),
})
export type TestCase = Static<typeof TestCase>

/** A decision with everything that led to it; as `Explanation` of the model. */
export const ExplanationView = Type.Unknown()

export const TestResult = Type.Object({
  test: TestCase,
  isGenerated: Type.Boolean(),
  passed: Type.Boolean(),
  actual: TestCase.properties.expected,
  /** Names of the fields of `expected` that are otherwise. */
  differs: Type.Array(Type.String()),
  explanation: ExplanationView,
})
export type TestResult = Static<typeof TestResult>

/** A gateway that is connected to the store. */
export const GatewayProcess = Type.Object({
  id: Type.String(),
  host: Type.String(),
  version: Type.String(),
  startedAt: Type.String(),
  applications: Type.Array(
    Type.Object({
      name: Type.String(),
      servedVersion: nullable(Type.Integer()),
      refusedVersion: nullable(Type.Integer()),
    }),
  ),
})
export type GatewayProcess = Static<typeof GatewayProcess>
