import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { DocumentProblem } from '../../../src/model/document.js'

/** What the fields of an editor know of the rest. */
export interface Editor {
  readonly problems: readonly DocumentProblem[]
  /** Names of the lists that there are. */
  readonly listNames: readonly string[]
  /** Names of parameters that are used already. */
  readonly parameters: readonly string[]
  /** Flavors and stacks with hosts. */
  readonly paths: readonly string[]
  /** Hosts that take clients at a path; undefined where nothing is known of hosts. */
  readonly hostsAt: (path: string, nonWhitelisted: boolean) => number | undefined
}

const Context = createContext<Editor>({
  problems: [],
  listNames: [],
  parameters: [],
  paths: [],
  hostsAt: () => undefined,
})

/** Gives an editor to what is in it. */
export const EditorProvider = Context.Provider

/** The editor that one is in. */
export function useEditor(): Editor {
  return useContext(Context)
}

/** What is wrong at a place, in one text; undefined when nothing is. @param depth `within` for everything below it, too */
export function useProblem(path: string, depth: 'at' | 'within' = 'within'): string | undefined {
  const { problems } = useEditor()
  const own = problems.filter(
    (each) => each.path === path || (depth === 'within' && each.path.startsWith(`${path}/`)),
  )
  return own.length > 0 ? own.map(({ message }) => message).join('; ') : undefined
}
