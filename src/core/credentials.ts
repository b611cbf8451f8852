/** What somebody may do: a viewer looks, an editor proposes, an approver decides, an administrator does all of it and keeps users. */
export const ROLES = ['viewer', 'editor', 'approver', 'administrator'] as const

/** What a role can be held on: everything, the lists, or one application. */
export const GRANT_SUBJECT = '^(\\*|lists|application:.{1,200})$'

/** What the name of a user looks like; of a user who signs in by OpenID what the provider says, in lower case. */
export const USER_NAME = '^[a-z0-9][a-z0-9._@+-]{0,99}$'

const SHORTEST_PASSWORD = 12
const LONGEST_PASSWORD = 256
const LEAST_CHARACTERS = 5

/** Why a password will not do; undefined for one that does. */
export function passwordProblem(password: string, userName: string): string | undefined {
  const { length } = Array.from(password)
  if (length < SHORTEST_PASSWORD) return `must have at least ${SHORTEST_PASSWORD} characters`
  if (length > LONGEST_PASSWORD) return `must have at most ${LONGEST_PASSWORD} characters`
  if (password.toLowerCase() === userName.toLowerCase()) return 'must not be the name of the user'
  if (new Set(password).size < LEAST_CHARACTERS)
    return `must have at least ${LEAST_CHARACTERS} different characters`
  return undefined
}
