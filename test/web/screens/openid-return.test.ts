import { test } from 'tap'
import { returnReason } from '../../../web/src/screens/sign-in/openid-return.js'

const RETURNS = [
  ['?sign-in=refused', /audit log/],
  ['?sign-in=failed', /Try again/],
] as const

for (const [search, words] of RETURNS)
  test(`Who comes back with ${search} is told why`, (t) => {
    t.match(returnReason(search), words)
    t.end()
  })

for (const search of ['', '?sign-in', '?sign-in=other', '?other=refused'])
  test(`Of "${search}" nothing is told`, (t) => {
    t.equal(returnReason(search), undefined)
    t.end()
  })
