import { Type, type Static } from 'typebox'
import { GRANT_SUBJECT, ROLES, USER_NAME } from '../../core/credentials.js'

export const RoleName = Type.Enum(ROLES)
export type RoleName = (typeof ROLES)[number]

/** A role and on what. */
export const Grant = Type.Object({
  role: RoleName,
  /** `*`, `lists`, or `application:<name>`. */
  on: Type.String({ pattern: GRANT_SUBJECT }),
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

const UserName = Type.String({ pattern: USER_NAME })
const DisplayName = Type.String({ maxLength: 200 })
const Grants = Type.Array(Grant, { maxItems: 200 })
const Password = Type.String({ maxLength: 256 })

/** A user as it is to be made; one who signs in by OpenID has no password. */
export const NewUser = Type.Object(
  {
    name: UserName,
    displayName: Type.Optional(DisplayName),
    grants: Grants,
    signIn: Type.Optional(Type.Enum(['password', 'openid'])),
    password: Type.Optional(Password),
  },
  { additionalProperties: false },
)
export type NewUser = Static<typeof NewUser>

/** A user as it is to be from now on. */
export const UserChange = Type.Object(
  { displayName: DisplayName, grants: Grants, disabled: Type.Boolean() },
  { additionalProperties: false },
)
export type UserChange = Static<typeof UserChange>

/** The password of a user, given by an administrator. */
export const PasswordChange = Type.Object({ password: Password }, { additionalProperties: false })
export type PasswordChange = Static<typeof PasswordChange>

/** One's own password. */
export const OwnPasswordChange = Type.Object(
  { current: Password, next: Password },
  { additionalProperties: false },
)
export type OwnPasswordChange = Static<typeof OwnPasswordChange>

/** What one signs in with. */
export const Credentials = Type.Object(
  { name: Type.String({ maxLength: 100 }), password: Password },
  { additionalProperties: false },
)
export type Credentials = Static<typeof Credentials>

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
  /** Who has signed in with the cookie that was sent; null when nobody has, which is no error here. */
  session: Type.Union([SessionView, Type.Null()]),
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

/** A token as it is to be made: with some of what its owner holds. */
export const NewToken = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    grants: Type.Array(Grant, { minItems: 1, maxItems: 200 }),
    /** Null for one that does not expire. */
    expiresAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  },
  { additionalProperties: false },
)
export type NewToken = Static<typeof NewToken>

/** A token that was made; the secret is told this once. */
export const MadeToken = Type.Object({ token: TokenView, secret: Type.String() })
export type MadeToken = Static<typeof MadeToken>

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
