import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { MadeToken, TokenView } from '../../../../src/manage/api/accounts.js'
import { textOf } from '../../api/api-error.js'
import { applicationNames } from '../../api/application-names.js'
import { apiPath, getItems, request } from '../../api/client.js'
import { Badge } from '../../components/badge.js'
import { Button } from '../../components/button.js'
import { DataTable, type Column } from '../../components/data-table.js'
import { confirm } from '../../components/dialog.js'
import { Moment } from '../../components/moment.js'
import { PageHeader } from '../../components/page-header.js'
import { Empty, ErrorState, Loading } from '../../components/states.js'
import { notify } from '../../state/toasts.js'
import { useLoaded } from '../../state/use-loaded.js'
import { GrantList } from '../users/grant-list.js'
import { SecretDialog } from './secret-dialog.js'
import { TokenDialog } from './token-dialog.js'

function Expiry({ at }: { readonly at: string | null }): JSX.Element {
  if (at === null) return <span>without end</span>
  const isOver = new Date(at).getTime() < Date.now()
  return isOver ? <Badge tone="bad">expired</Badge> : <Moment at={at} />
}

function columnsOf(revoke: (token: TokenView) => void): readonly Column<TokenView>[] {
  return [
    { title: 'Token', cell: ({ name }) => name, isHeader: true },
    { title: 'Of', cell: ({ owner }) => owner },
    { title: 'Roles', isWide: true, cell: ({ grants }) => <GrantList grants={grants} /> },
    { title: 'Made', cell: ({ createdAt }) => <Moment at={createdAt} /> },
    { title: 'Works until', cell: ({ expiresAt }) => <Expiry at={expiresAt} /> },
    { title: 'Last used', cell: ({ lastUsedAt }) => <Moment at={lastUsedAt} /> },
    {
      title: 'Actions',
      isActions: true,
      cell: (token) => (
        <Button isSmall label={`Revoke ${token.name}`} onClick={() => revoke(token)}>
          Revoke
        </Button>
      ),
    },
  ]
}

async function revoke({ id, name }: TokenView): Promise<boolean> {
  const text = 'What uses it is refused from now on. It cannot be taken back.'
  const title = `Revoke ${name}?`
  if (!(await confirm({ title, text, action: 'Revoke', isDangerous: true }))) return false
  await request('DELETE', apiPath(['tokens', id]))
  notify(`Token ${name} was revoked.`)
  return true
}

/** Tokens by which programs use the HTTP API. */
export function TokensScreen(): JSX.Element {
  const tokens = useLoaded((signal) => getItems<TokenView>('/api/tokens', signal))
  const applications = useLoaded(applicationNames)
  const [isMaking, setMaking] = useState(false)
  const [made, setMade] = useState<MadeToken>()
  const take = (token: MadeToken): void => {
    setMaking(false)
    setMade(token)
    tokens.reload()
  }
  const ask = (token: TokenView): void =>
    void revoke(token).then(
      (isGone) => isGone && tokens.reload(),
      (error: unknown) => notify(textOf(error), { tone: 'bad' }),
    )
  return (
    <>
      <PageHeader
        title="Tokens"
        lead="Programs use the HTTP API with them, as those who made them."
      >
        <Button tone="primary" onClick={() => setMaking(true)}>
          Make token
        </Button>
      </PageHeader>
      {tokens.error && <ErrorState error={tokens.error} retry={tokens.reload} />}
      {!tokens.value && !tokens.error && <Loading what="tokens" />}
      {tokens.value && (
        <DataTable
          caption="Tokens"
          columns={columnsOf(ask)}
          rows={tokens.value}
          rowKey={({ id }) => id}
          empty={<Empty title="No token yet" />}
        />
      )}
      {isMaking && (
        <TokenDialog
          applications={applications.value ?? []}
          onClose={() => setMaking(false)}
          onMade={take}
        />
      )}
      {made && <SecretDialog made={made} onClose={() => setMade(undefined)} />}
    </>
  )
}
