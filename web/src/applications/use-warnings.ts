import { useEffect, useState } from 'preact/hooks'
import type { DocumentProblem } from '../../../src/model/document.js'
import { listsState, type ApplicationState } from './application-state.js'

/** What typing has to pause for before rules are compiled. */
const PAUSE_MS = 300

/** Rules that cannot be reached and the like; found by compiling, whose code is fetched when it is first needed. */
export function useWarnings({ workspace, problems }: ApplicationState): readonly DocumentProblem[] {
  const [warnings, setWarnings] = useState<readonly DocumentProblem[]>([])
  const model = workspace.content.value
  const lists = listsState.workspace.content.value
  const isSound = problems.value.length === 0
  useEffect(() => {
    if (!model || !lists || !isSound) return
    let isWanted = true
    const timer = setTimeout(() => {
      void import('./trial/compiled-model.js').then(({ warningsOf }) => {
        if (isWanted) setWarnings(warningsOf(model, lists))
      })
    }, PAUSE_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [model, lists, isSound])
  return isSound ? warnings : []
}
