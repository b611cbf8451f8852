import { OPERATOR } from './pages.js'

/** What came back. */
export interface Reply<Body> {
  readonly body: Body
  readonly etag: string
}

/** Somebody who works with the HTTP API instead of the pages. */
export interface Operator {
  /** Rejects for what the service refuses. */
  readonly ask: <Body>(
    method: string,
    path: string,
    body?: unknown,
    etag?: string,
  ) => Promise<Reply<Body>>
}

/** Signs somebody in at the HTTP API. */
export async function operatorAt(
  origin: string,
  { name, password }: { readonly name: string; readonly password: string } = OPERATOR,
): Promise<Operator> {
  const json = { origin, 'content-type': 'application/json' }
  const session = await fetch(`${origin}/api/session`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ name, password }),
  })
  if (!session.ok) throw new Error(`${name}: ${session.status} ${await session.text()}`)
  const cookie = session.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  return {
    async ask<Body>(
      method: string,
      path: string,
      body?: unknown,
      etag?: string,
    ): Promise<Reply<Body>> {
      const response = await fetch(`${origin}/api/${path}`, {
        method,
        headers: {
          ...(body === undefined ? { origin } : json),
          cookie,
          ...(etag !== undefined && { 'if-match': etag }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
      // The test that asks knows what is answered there.
      return {
        body: JSON.parse(text === '' ? 'null' : text) as Body,
        etag: response.headers.get('etag') ?? '',
      }
    },
  }
}

/** An editor and an approver of one application and of the lists. */
export const EDITOR = { name: 'ed', password: 'an editor of models' } as const
export const APPROVER = { name: 'pat', password: 'approves of models' } as const

/** Makes them. */
export async function addEditorAndApprover(first: Operator): Promise<void> {
  for (const [{ name, password }, role] of [
    [EDITOR, 'editor'],
    [APPROVER, 'approver'],
  ] as const) {
    const grants = [
      { role, on: 'application:player' },
      { role, on: 'lists' },
    ]
    await first.ask('POST', 'users', { name, displayName: name, password, grants })
  }
}

/** An application as the service tells it. */
export interface Application {
  readonly version: number
  readonly document: Record<string, unknown>
}

/** Puts another document into force: proposed by one, approved by the other. */
export async function change(
  [author, approver]: readonly [Operator, Operator],
  edit: (document: Application['document']) => unknown,
): Promise<void> {
  const { body } = await author.ask<Application>('GET', 'applications/player')
  const proposal = {
    subject: { kind: 'application', name: 'player' },
    title: 'By somebody else',
    baseVersion: body.version,
    document: edit(body.document),
  }
  const proposed = await author.ask<{ id: string }>('POST', 'changes', proposal)
  await approver.ask('POST', `changes/${proposed.body.id}/approval`, {}, proposed.etag)
}
