import { test } from 'tap'
import { shrunk } from './shrink.js'

test('of a text that fails, as much is left out as can be', async (t) => {
  const fails = (text: string) => Promise.resolve(/a.*b/.test(text) && !text.includes('c'))
  t.equal(await shrunk('xxaxxxxxxxxxxxxbxx', fails), 'ab')
  t.equal(await shrunk('ab', fails), 'ab')
})
