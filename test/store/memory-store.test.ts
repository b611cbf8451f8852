import { test } from 'tap'
import { MemoryStore } from '../support/memory-store.js'
import { testStore } from '../support/store-conformance.js'

test('A store in memory, which stands in for others in tests, does what they do', async (t) => {
  await testStore(t, () => {
    const store = new MemoryStore()
    return Promise.resolve({ one: store, other: store })
  })
})
