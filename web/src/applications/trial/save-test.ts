import { isSame } from '../../../../src/model/same.js'
import type { TestCase } from '../../../../src/model/trial.js'
import { ApiError } from '../../api/api-error.js'
import { apiPath, request, type Answer } from '../../api/client.js'

/** Somebody else has saved or deleted a test since it was seen; nothing was done. */
export class TestChanged extends Error {
  override readonly name = 'TestChanged'

  constructor(test: string) {
    super(`Somebody else changed the test ${test} meanwhile.`)
  }
}

function pathOf(application: string, { name }: TestCase): string {
  return apiPath(['applications', application, 'tests', name])
}

/** What is there of a test by now; undefined when nothing is. */
async function present(application: string, test: TestCase): Promise<Answer<TestCase> | undefined> {
  try {
    return await request<TestCase>('GET', pathOf(application, test))
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}

/** @throws TestChanged for what the service says of another state */
async function unlessChanged(test: TestCase, work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    const isChanged = error instanceof ApiError && (error.status === 412 || error.status === 404)
    throw isChanged ? new TestChanged(test.name) : error
  }
}

/**
 * Saves a test, which is no part of the model.
 * @param seen what it takes the place of; undefined for a new one
 * @throws TestChanged when something else is there than what was seen
 */
export async function saveTest(
  application: string,
  test: TestCase,
  seen: TestCase | undefined,
): Promise<void> {
  const kept = await present(application, test)
  // As it is after an answer that was lost.
  if (kept && isSame(kept.body, test)) return
  if (!isSame(kept?.body, seen)) throw new TestChanged(test.name)
  const state = kept ? { ifMatch: kept.etag } : { isNew: true }
  const saving = request('PUT', pathOf(application, test), { body: test, ...state })
  await unlessChanged(test, saving)
}

/** @throws TestChanged when something else is there than what was seen */
export async function removeTest(application: string, seen: TestCase): Promise<void> {
  const kept = await present(application, seen)
  if (!kept) return
  if (!isSame(kept.body, seen)) throw new TestChanged(seen.name)
  const removing = request('DELETE', pathOf(application, seen), { ifMatch: kept.etag })
  await unlessChanged(seen, removing)
}
