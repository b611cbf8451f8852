import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test, type Test } from 'tap'
import { environment } from '../support/environment.js'
import { startPointsman, type Pointsman } from '../support/pointsman.js'
import { dial } from '../support/raw.js'
import { ok, startTarget } from '../support/recording-target.js'
import { latencies, percentile, tell } from './figures.js'

const SECONDS = 25
const SLOW = ['-c', '400', '-r', '200', '-l', String(SECONDS), '-i', '2', '-p', '3']
const GET = 'GET /small HTTP/1.1\r\nHost: h\r\n\r\n'

/** The three attacks of slowhttptest. */
const ATTACKS: Readonly<Record<string, readonly string[]>> = {
  'slow heads': ['-H', '-t', 'GET'],
  'slow bodies': ['-B', '-t', 'POST', '-s', '8192'],
  'slow readers': ['-X', '-w', '256', '-y', '1024', '-n', '5', '-z', '32', '-k', '3'],
}

async function attack(proxy: Pointsman, options: readonly string[]): Promise<string> {
  const args = [...options, ...SLOW, '-u', `${proxy.url}/large`]
  const child = spawn('slowhttptest', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  await once(child, 'close')
  // Among the colours of a terminal.
  return /Exit status:\W*(?:\d+m)?\W*(.*)/.exec(output)?.[1] ?? 'slowhttptest said nothing'
}

/** How long each of many requests took, one after the other, each on a connection of its own. */
async function serveMeanwhile(t: Test, proxy: Pointsman, attacking: Promise<unknown>) {
  const over = new AbortController()
  void attacking.finally(() => over.abort())
  const samplesMs: number[] = []
  let failed = 0
  while (!over.signal.aborted) {
    const begun = performance.now()
    const client = await dial(t, proxy.port)
    const status = await client.ask(GET).then(
      (response) => response.status,
      () => 0,
    )
    if (status !== 200) failed++
    samplesMs.push(performance.now() - begun)
    client.reset()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return { samplesMs, failed }
}

for (const [name, options] of Object.entries(ATTACKS)) {
  test(`400 ${name} do not keep others from being served`, async (t) => {
    const small = await startTarget(t, ok('small'))
    const large = await startTarget(t, ok('x'.repeat(4 << 20)))
    const rules = [
      { prefix: '/small', targets: small.address },
      { prefix: '/large', targets: large.address },
    ]
    const proxy = await startPointsman(t, environment(rules))
    const attacking = attack(proxy, options)
    const { samplesMs, failed } = await serveMeanwhile(t, proxy, attacking)
    t.equal(failed, 0)
    t.ok(percentile(samplesMs, 0.99) < 1000)
    tell(`400 ${name}, others meanwhile`, latencies(samplesMs))
    tell('', `slowhttptest: ${await attacking}`)
    tell('', `RSS ${Math.round(proxy.rssBytes() / (1 << 20))} MiB`)
  })
}
