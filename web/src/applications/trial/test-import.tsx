import type { JSX } from 'preact'
import type { TestCase } from '../../../../src/model/trial.js'
import { notify } from '../../state/toasts.js'
import { ImportCard } from '../transfer/import-card.js'
import { saveTest, TestChanged } from './save-test.js'
import { readTests, type TestItem } from './test-items.js'

interface TestImportProps {
  readonly application: string
  /** Those that are saved. */
  readonly tests: readonly TestCase[]
  readonly reload: () => void
}

/** Whether a test could be saved in the place of what was seen; not so when somebody else has changed that. */
async function isSaved(
  application: string,
  test: TestCase,
  seen: TestCase | undefined,
): Promise<boolean> {
  try {
    await saveTest(application, test, seen)
    return true
  } catch (error) {
    if (error instanceof TestChanged) return false
    throw error
  }
}

/** Tests out of a file, each saved at once as one that is written here. */
export function TestImport({ application, tests, reload }: TestImportProps): JSX.Element {
  const take = async (items: readonly TestItem[]): Promise<void> => {
    const changed: string[] = []
    try {
      for (const { test } of items) {
        const seen = tests.find(({ name }) => name === test.name)
        if (!(await isSaved(application, test, seen))) changed.push(test.name)
      }
    } finally {
      reload()
    }
    if (changed.length > 0)
      throw new Error(
        `Not saved, because somebody else changed them meanwhile: ${changed.join(', ')}. They are shown as they are now.`,
      )
    notify(`${items.length} tests saved.`)
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
