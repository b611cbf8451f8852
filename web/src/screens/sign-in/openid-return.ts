const REASONS: ReadonlyMap<string | null, string> = new Map([
  [
    'refused',
    'The provider knows you, but you may not sign in here: your name there cannot be that of a user, or signs in by password, or belongs to somebody else, or is disabled. Administrators see in the audit log which it is.',
  ],
  [
    'failed',
    'Signing in at the provider did not come to its end: the provider did not answer or would not have it, or it took longer than ten minutes. Try again; the log of the service says why.',
  ],
])

/** Why somebody who signed in at the provider of OpenID is not signed in here, by the query that they came back with. */
export function returnReason(search: string): string | undefined {
  return REASONS.get(new URLSearchParams(search).get('sign-in'))
}
