import type { TestCase } from '../../../../src/model/trial.js'
import { apiPath, request } from '../../api/client.js'

/** Saves a test, which is no part of the model. @param isNew else it takes the place of the one of its name */
export async function saveTest(application: string, test: TestCase, isNew: boolean): Promise<void> {
  const path = apiPath(['applications', application, 'tests', test.name])
  const { etag } = isNew ? {} : await request('GET', path)
  await request('PUT', path, { body: test, ifMatch: etag })
}
