import type { JSX } from 'preact'
import type { TestCase } from '../../../../src/model/trial.js'
import { notify } from '../../state/toasts.js'
import { ImportCard } from '../transfer/import-card.js'
import { saveTest } from './save-test.js'
import { readTests, type TestItem } from './test-items.js'

interface TestImportProps {
  readonly application: string
  /** Those that are saved. */
  readonly tests: readonly TestCase[]
  readonly reload: () => void
}

/** Tests out of a file, each saved at once as one that is written here. */
export function TestImport({ application, tests, reload }: TestImportProps): JSX.Element {
  const take = async (items: readonly TestItem[]): Promise<void> => {
    try {
      for (const { test, state } of items) await saveTest(application, test, state === 'new')
      notify(`${items.length} tests saved.`)
    } finally {
      reload()
    }
  }
  return (
    <ImportCard
      title="Import tests"
      description="Tests that were exported, in JSON; they are saved at once"
      known={tests}
      read={readTests}
      take={take}
    />
  )
}
