import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { UserView } from '../../../../src/manage/api/accounts.js'
import { textOf } from '../../api/api-error.js'
import { apiPath, getItems, request } from '../../api/client.js'
import { Badge } from '../../components/badge.js'
import { Button } from '../../components/button.js'
import { DataTable, type Column } from '../../components/data-table.js'
import { confirm } from '../../components/dialog.js'
import { Moment } from '../../components/moment.js'
import { PageHeader } from '../../components/page-header.js'
import { ErrorState, Loading } from '../../components/states.js'
import { user as self } from '../../state/session.js'
import { notify } from '../../state/toasts.js'
import { useLoaded } from '../../state/use-loaded.js'
import { applicationNames } from '../../api/application-names.js'
import { GrantList } from './grant-list.js'
import { PasswordDialog } from './password-dialog.js'
import { UserDialog } from './user-dialog.js'

/** What is open above the table. */
type Opened =
  | { readonly is: 'new' }
  | { readonly is: 'change'; readonly user: UserView; readonly etag: string | undefined }
  | { readonly is: 'password'; readonly name: string }

interface Actions {
  readonly change: (user: UserView) => void
  readonly setPassword: (user: UserView) => void
  readonly remove: (user: UserView) => void
}

function UserActions(props: { readonly user: UserView; readonly actions: Actions }): JSX.Element {
  const { user, actions } = props
  return (
    <span class="button-row">
      <Button isSmall label={`Change ${user.name}`} onClick={() => actions.change(user)}>
        Change
      </Button>
      {user.signIn === 'password' && (
        <Button
          isSmall
          label={`Set password of ${user.name}`}
          onClick={() => actions.setPassword(user)}
        >
          Password
        </Button>
      )}
      {user.name !== self.value?.name && (
        <Button isSmall label={`Remove ${user.name}`} onClick={() => actions.remove(user)}>
          Remove
        </Button>
      )}
    </span>
  )
}

function columnsOf(actions: Actions): readonly Column<UserView>[] {
  return [
    { title: 'User', cell: ({ name }) => name, isHeader: true },
    { title: 'Name', cell: ({ displayName }) => displayName },
    { title: 'Roles', isWide: true, cell: ({ grants }) => <GrantList grants={grants} /> },
    {
      title: 'Signs in by',
      cell: ({ signIn }) => (signIn === 'openid' ? 'OpenID' : 'password'),
    },
    { title: 'Last sign-in', cell: ({ lastSignInAt }) => <Moment at={lastSignInAt} /> },
    {
      title: 'State',
      cell: ({ disabled }) =>
        disabled ? <Badge icon="paused">disabled</Badge> : <Badge tone="good">active</Badge>,
    },
    {
      title: 'Actions',
      isActions: true,
      cell: (user) => <UserActions user={user} actions={actions} />,
    },
  ]
}

async function remove(user: UserView): Promise<boolean> {
  const title = `Remove ${user.name}?`
  const text = 'Sessions and tokens of this user end. What the user did stays in the audit log.'
  if (!(await confirm({ title, text, action: 'Remove', isDangerous: true }))) return false
  const path = apiPath(['users', user.name])
  const { etag } = await request<UserView>('GET', path)
  await request('DELETE', path, { ifMatch: etag })
  notify(`${user.name} was removed.`)
  return true
}

/** Users and what they may do. */
export function UsersScreen(): JSX.Element {
  const users = useLoaded((signal) => getItems<UserView>('/api/users', signal))
  const applications = useLoaded(applicationNames)
  const [opened, setOpened] = useState<Opened>()
  const close = (): void => setOpened(undefined)
  const tell = (error: unknown): void => notify(textOf(error), { tone: 'bad' })
  const actions: Actions = {
    change: ({ name }) => {
      request<UserView>('GET', apiPath(['users', name])).then(
        ({ body, etag }) => setOpened({ is: 'change', user: body, etag }),
        tell,
      )
    },
    setPassword: ({ name }) => setOpened({ is: 'password', name }),
    remove: (user) => void remove(user).then((isGone) => isGone && users.reload(), tell),
  }
  const saved = (name: string): void => {
    close()
    notify(`${name} was saved.`)
    users.reload()
  }
  return (
    <>
      <PageHeader title="Users" lead="Who may sign in, and what they may do.">
        <Button tone="primary" onClick={() => setOpened({ is: 'new' })}>
          Add user
        </Button>
      </PageHeader>
      {users.error && <ErrorState error={users.error} retry={users.reload} />}
      {!users.value && !users.error && <Loading what="users" />}
      {users.value && (
        <DataTable
          caption="Users"
          columns={columnsOf(actions)}
          rows={users.value}
          rowKey={({ name }) => name}
        />
      )}
      {opened?.is === 'password' && <PasswordDialog name={opened.name} onClose={close} />}
      {(opened?.is === 'new' || opened?.is === 'change') && (
        <UserDialog
          user={opened.is === 'change' ? opened.user : undefined}
          etag={opened.is === 'change' ? opened.etag : undefined}
          applications={applications.value ?? []}
          onClose={close}
          onSaved={saved}
        />
      )}
    </>
  )
}
