import { test } from 'tap'
import { readConfig } from '../../src/config.js'
import { problemsWith, reading, type Variables } from './reading.js'

const BOOTSTRAP = {
  MANAGEMENT_PORT: '9090',
  MANAGEMENT_BOOTSTRAP_USER: 'admin',
  MANAGEMENT_BOOTSTRAP_PASSWORD: 'correct horse battery',
}

const OPENID = {
  MANAGEMENT_PORT: '9090',
  MANAGEMENT_OPENID_ISSUER: 'https://accounts.example.com/realm',
  MANAGEMENT_OPENID_CLIENT_ID: 'pointsman',
  MANAGEMENT_OPENID_CLIENT_SECRET: 'a secret',
  MANAGEMENT_OPENID_REDIRECT_URL: 'https://ops.example.com/api/openid/callback',
}

test('The listener for operators knows who comes first, and where else they sign in', (t) => {
  const { management } = reading({
    ...BOOTSTRAP,
    ...OPENID,
    MANAGEMENT_OPENID_GRANTS: 'viewer, editor:application:shop:eu, approver:lists',
    TRUST_PROXY: '10.0.0.0/8',
  }).config
  t.match(management, {
    bootstrap: { user: 'admin', password: 'correct horse battery' },
    trustProxy: ['10.0.0.0/8'],
    openid: {
      claim: 'preferred_username',
      grants: [
        { role: 'viewer', on: '*' },
        { role: 'editor', on: 'application:shop:eu' },
        { role: 'approver', on: 'lists' },
      ],
    },
  })
  t.end()
})

const WRONG: readonly (readonly [Variables, RegExp])[] = [
  [{ ...BOOTSTRAP, MANAGEMENT_BOOTSTRAP_PASSWORD: '' }, /_PASSWORD: is required with/],
  [{ ...BOOTSTRAP, MANAGEMENT_BOOTSTRAP_USER: '' }, /_USER: is required with/],
  [{ ...BOOTSTRAP, MANAGEMENT_BOOTSTRAP_USER: 'Admin!' }, /_USER=Admin!: must be the name/],
  [{ ...BOOTSTRAP, MANAGEMENT_BOOTSTRAP_PASSWORD: 'hunter2' }, /_PASSWORD: must have at least 12/],
  [{ ...OPENID, MANAGEMENT_OPENID_CLIENT_ID: '' }, /_CLIENT_ID: is required to sign in/],
  [{ ...OPENID, MANAGEMENT_OPENID_CLIENT_SECRET: '' }, /_CLIENT_SECRET: is required to sign in/],
  [{ ...OPENID, MANAGEMENT_OPENID_ISSUER: 'http://accounts.example.com' }, /must be an https URL/],
  [{ ...OPENID, MANAGEMENT_OPENID_ISSUER: 'accounts' }, /must be a URL/],
  [{ ...OPENID, MANAGEMENT_OPENID_REDIRECT_URL: 'https://a.example/' }, /must end in \/api/],
  [{ ...OPENID, MANAGEMENT_OPENID_GRANTS: 'king' }, /must be one of viewer/],
  [{ ...OPENID, MANAGEMENT_OPENID_GRANTS: 'viewer:shop' }, /must be one of viewer/],
  [{ MANAGEMENT_TLS_CERT: '/dev/null' }, /MANAGEMENT_TLS_KEY: is required with/],
]

test('What does not belong together for operators is told, and no secret with it', (t) => {
  for (const [variables, rule] of WRONG) {
    const problems = problemsWith(variables)
    t.equal(problems.length, 1, problems.join())
    t.match(problems[0], rule)
    t.notMatch(problems.join(), /hunter2|a secret/)
  }
  t.end()
})

test('A process may serve operators alone', (t) => {
  t.ok('config' in readConfig(BOOTSTRAP))
  t.ok('config' in readConfig({ MANAGEMENT_PORT: '9090' }))
  t.end()
})
