import type { JSX } from 'preact'
import { URL_TEMPLATE, type Server } from '../../../../src/model/document.js'
import { CheckField, SelectField, TextField } from '../../components/field.js'
import { useEditor, useProblem } from '../editor-context.js'
import { leftOut } from '../fields/left-out.js'
import { QueryEditor } from './query-editor.js'

interface ServerEditorProps {
  readonly server: Server
  /** JSON pointer of the server. */
  readonly at: string
  /** @param field JSON pointer of where one types; empty for a step of its own */
  readonly onServer: (server: Server, field: string) => void
  /** Of a slice or the like, which leads to hosts. */
  readonly needsPath?: boolean
}

const FORMS = [
  { value: 'path', title: 'Hosts of a flavor' },
  { value: 'url', title: 'Fixed URL' },
] as const

/** The same server as a fixed URL, or as hosts of a path. */
function withForm(server: Server, form: 'path' | 'url'): Server {
  if (form === 'path') return { ...server, path: server.path ?? '', url: URL_TEMPLATE }
  return {
    name: server.name,
    description: server.description,
    query: server.query,
    nonWhitelisted: false,
    url: server.path === undefined ? server.url : 'https://',
  }
}

function hostWords(count: number | undefined): string {
  if (count === undefined) return 'A flavor, or /DC/AZ/flavor'
  return count === 1 ? '1 host takes clients' : `${count} hosts take clients`
}

function PathFields({ server, at, onServer }: ServerEditorProps): JSX.Element {
  const { path = '', nonWhitelisted } = server
  const { paths, hostsAt } = useEditor()
  return (
    <>
      <TextField
        label="Flavor or stack"
        value={path}
        suggestions={paths}
        description={hostWords(path === '' ? undefined : hostsAt(path, nonWhitelisted))}
        error={useProblem(`${at}/path`)}
        onInput={(typed) => onServer({ ...server, path: typed }, `${at}/path`)}
      />
      <CheckField
        label="Only stacks that are not whitelisted"
        isChecked={nonWhitelisted}
        onChange={(isChecked) => onServer({ ...server, nonWhitelisted: isChecked }, '')}
      />
    </>
  )
}

function Details({ server, at, onServer }: ServerEditorProps): JSX.Element {
  const { path, url, secureUrl, name, description, query } = server
  const urlProblem = useProblem(`${at}/url`)
  const secureProblem = useProblem(`${at}/secureUrl`)
  const isOpen = urlProblem !== undefined || secureProblem !== undefined
  return (
    <details class="sub-form" open={isOpen || undefined}>
      <summary>Name, URL and query</summary>
      <div class="form">
        <div class="field-row">
          <TextField
            label="Name"
            value={name}
            onInput={(typed) => onServer({ ...server, name: typed }, `${at}/name`)}
          />
          <TextField
            label="Description"
            value={description}
            onInput={(typed) => onServer({ ...server, description: typed }, `${at}/description`)}
          />
        </div>
        {path !== undefined && (
          <TextField
            label="URL template"
            value={url}
            error={urlProblem}
            onInput={(typed) => onServer({ ...server, url: typed }, `${at}/url`)}
          />
        )}
        <TextField
          label="URL for clients under TLS"
          description="Empty for the same"
          value={secureUrl ?? ''}
          error={secureProblem}
          onInput={(typed) =>
            onServer(
              typed === '' ? leftOut(server, 'secureUrl') : { ...server, secureUrl: typed },
              `${at}/secureUrl`,
            )
          }
        />
        <QueryEditor
          query={query}
          at={`${at}/query`}
          onQuery={(next, field) => onServer({ ...server, query: next }, field)}
        />
      </div>
    </details>
  )
}

/** One server: hosts of a flavor, or a fixed URL. */
export function ServerEditor(props: ServerEditorProps): JSX.Element {
  const { server, at, onServer, needsPath = false } = props
  const form = server.path === undefined ? 'url' : 'path'
  const urlProblem = useProblem(`${at}/url`)
  const own = useProblem(at, 'at')
  return (
    <div class="form">
      {own && <p class="field-error">{own}</p>}
      <div class="field-row">
        {!(needsPath && form === 'path') && (
          <SelectField
            label="Leads to"
            value={form}
            choices={FORMS}
            onSelect={(chosen) => onServer(withForm(server, chosen), '')}
          />
        )}
        {form === 'path' ? (
          <PathFields {...props} />
        ) : (
          <TextField
            label="URL"
            value={server.url}
            description="Sent as it is: protocol://host[:port][/…]"
            error={urlProblem}
            onInput={(typed) => onServer({ ...server, url: typed }, `${at}/url`)}
          />
        )}
      </div>
      <Details {...props} />
    </div>
  )
}
