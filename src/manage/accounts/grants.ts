import type { Grant, RoleName } from '../api/accounts.js'
import type { GrantSubject, Operator } from '../http/access.js'
import { Refusal } from '../http/refusal.js'

/** Roles with those that they include. */
const INCLUDED: Readonly<Record<RoleName, readonly RoleName[]>> = {
  viewer: ['viewer'],
  editor: ['viewer', 'editor'],
  approver: ['viewer', 'approver'],
  administrator: ['viewer', 'editor', 'approver', 'administrator'],
}

/** Whether a role includes another one, or is it. */
export function includesRole(held: RoleName, role: RoleName): boolean {
  return INCLUDED[held].includes(role)
}

/** Whether grants give a role on a subject; those on `*` are on everything. */
export function isGranted(grants: readonly Grant[], role: RoleName, subject: string): boolean {
  return grants.some(
    ({ role: held, on }) => includesRole(held, role) && (on === '*' || on === subject),
  )
}

/** Whose grants an operator acts by. */
export interface OperatorParts {
  readonly name: string
  readonly user: string
  /** Every one of them has to grant a thing: those of a token, and those of its owner. */
  readonly grants: readonly (readonly Grant[])[]
}

/** Who acts by grants. */
export function operatorOf({ name, user, grants }: OperatorParts): Operator {
  const may = (role: RoleName, subject: GrantSubject): boolean =>
    grants.every((each) => isGranted(each, role, subject))
  return {
    name,
    user,
    may,
    mayAnywhere(role) {
      const subjects = grants.flat().map(({ on }) => on)
      // The schema of a grant lets nothing else be a subject.
      return subjects.some((subject) => may(role, subject as GrantSubject))
    },
    require(role, subject) {
      if (may(role, subject)) return
      const where = subject === '*' ? 'everything' : subject
      throw new Refusal(403, { detail: `This takes the role ${role} on ${where}` })
    },
  }
}
