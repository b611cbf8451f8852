import { join } from 'node:path'
import { test } from 'tap'
import { eventually } from '../support/eventually.js'
import { asking, type Ask } from '../support/managing.js'
import { startPointsman, type Pointsman } from '../support/pointsman.js'

const FIRST = {
  MANAGEMENT_BOOTSTRAP_USER: 'admin',
  MANAGEMENT_BOOTSTRAP_PASSWORD: 'correct horse battery',
}
const CREDENTIALS = { name: 'admin', password: FIRST.MANAGEMENT_BOOTSTRAP_PASSWORD }

function askOf({ managementPort }: Pointsman, headers = {}): Ask {
  return asking(`http://127.0.0.1:${managementPort}`, headers)
}

test('The first administrator signs in, also after a restart without being named; then nobody else sees the status', async (t) => {
  const data = t.testdir()
  const folders = { MODEL_STORE: `file:${join(data, 'store')}`, LKG_DIR: join(data, 'lkg') }
  const before = await startPointsman(t, folders)
  t.equal((await askOf(before)('GET', '/api/status')).status, 200)
  t.match(await askOf(before)('GET', '/api/users'), {
    status: 401,
    body: { detail: /MANAGEMENT_BOOTSTRAP_USER/ },
  })
  t.equal(await before.stop(), 0)

  const first = await startPointsman(t, { ...folders, ...FIRST })
  t.equal((await askOf(first)('POST', '/api/session', { body: CREDENTIALS })).status, 200)
  t.equal(await first.stop(), 0)

  const again = await startPointsman(t, folders)
  let answer = await askOf(again)('POST', '/api/session', { body: CREDENTIALS })
  await eventually('the store has said who the users are', async () => {
    if (answer.status === 503)
      answer = await askOf(again)('POST', '/api/session', { body: CREDENTIALS })
    return answer.status !== 503
  })
  t.equal(answer.status, 200)
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  t.equal((await askOf(again)('GET', '/api/status')).status, 401)
  t.equal((await askOf(again, { cookie })('GET', '/api/status')).status, 200)
  t.equal((await askOf(again)('GET', '/livez')).status, 200)
})
