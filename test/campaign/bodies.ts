import { test } from 'tap'
import { download, startPouring, upload } from '../support/pouring.js'
import { mebibytes, tell } from './figures.js'

const GIB = 1 << 30
const SIZE = 2 * GIB
const MEMORY_LIMIT = 200 << 20

test('A body of 2 GiB streams each way in less than 200 MiB', async (t) => {
  const proxy = await startPouring(t, SIZE)
  const ways = {
    '2 GiB towards the client': () => download(proxy),
    '2 GiB towards the target, with a length': () => upload(proxy, SIZE, false),
    '2 GiB towards the target, in chunks': () => upload(proxy, SIZE, true),
  }
  for (const [name, send] of Object.entries(ways)) {
    const begun = performance.now()
    const { sizeBytes, peakRssBytes } = await send()
    const seconds = (performance.now() - begun) / 1000
    t.equal(sizeBytes, SIZE)
    t.ok(peakRssBytes < MEMORY_LIMIT)
    const rate = `${mebibytes(SIZE / seconds)}/s`
    tell(name, `peak RSS ${mebibytes(peakRssBytes)}, ${seconds.toFixed(1)} s, ${rate}`)
  }
})
