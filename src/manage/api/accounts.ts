import { Type, type Static } from 'typebox'

/** What somebody may do: a viewer looks, an editor proposes, an approver decides, an administrator does all of it and keeps users. */
export const ROLES = ['viewer', 'editor', 'approver', 'administrator'] as const

export const RoleName = Type.Enum(ROLES)
export type RoleName = (typeof ROLES)[number]

/** A role and on what. */
export const Grant = Type.Object({
  role: RoleName,
  /** `*`, `lists`, or `application:<name>`. */
  on: Type.String({ pattern: '^(\\*|lists|application:.{1,200})$' }),
})
export type Grant = Static<typeof Grant>

export const UserView = Type.Object({
  name: Type.String(),
  displayName: Type.String(),
  grants: Type.Array(Grant),
  disabled: Type.Boolean(),
  signIn: Type.Union([Type.Literal('password'), Type.Literal('openid')]),
  createdAt: Type.String(),
  /** ISO 8601; null before the first. */
  lastSignInAt: Type.Union([Type.String(), Type.Null()]),
})
export type UserView = Static<typeof UserView>

/** Who is signed in. */
export const SessionView = Type.Object({
  user: UserView,
  /** ISO 8601. */
  expiresAt: Type.String(),
})
export type SessionView = Static<typeof SessionView>

/** How one may sign in. */
export const SignInView = Type.Object({
  password: Type.Boolean(),
  /** What the button of the OpenID provider says; null without one. */
  openid: Type.Union([Type.String(), Type.Null()]),
})
export type SignInView = Static<typeof SignInView>

export const TokenView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  owner: Type.String(),
  grants: Type.Array(Grant),
  createdAt: Type.String(),
  expiresAt: Type.Union([Type.String(), Type.Null()]),
  lastUsedAt: Type.Union([Type.String(), Type.Null()]),
})
export type TokenView = Static<typeof TokenView>

export const AuditEntryView = Type.Object({
  id: Type.String(),
  at: Type.String(),
  /** User name, or `token:<id>`; empty when nobody was known. */
  by: Type.String(),
  /** `sign-in`, `sign-in-failed`, `user-changed`, `change-approved` … */
  action: Type.String(),
  /** `user:ann`, `application:shop`, `lists`, `target:web/10.0.0.1:80` … */
  subject: Type.String(),
  /** Address that it came from. */
  from: Type.String(),
  detail: Type.String(),
})
export type AuditEntryView = Static<typeof AuditEntryView>
