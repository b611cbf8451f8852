import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Test, test } from 'tap'

const root = fileURLToPath(new URL('../..', import.meta.url))
// Nothing of the test runner's own environment: it would load its hooks into every process.
const environment = { PATH: process.env.PATH, HOME: process.env.HOME, SKIP_BUILD: 'true' }

interface Outcome {
  readonly code: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

interface Run {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

function run(command: string, { args = [], env = {}, input = '' }: Run = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      { cwd: root, env: { ...environment, ...env } },
      (error, stdout, stderr) => resolve({ code: error ? error.code : 0, stdout, stderr }),
    )
    child.stdin?.end(input)
  })
}

async function demoPorts(): Promise<Record<string, string>> {
  const args = ['-c', 'source scripts/processes.sh && free_ports 5']
  const { stdout } = await run('bash', { args })
  const [port = '', management = '', ...targets] = stdout.trim().split(' ')
  return {
    DEMO_PORT: port,
    DEMO_MANAGEMENT_PORT: management,
    DEMO_TARGET_PORTS: targets.join(' '),
  }
}

async function fakeNode(t: Test, script: string): Promise<string> {
  const folder = t.testdir()
  await writeFile(`${folder}/node`, `#!/bin/sh\n${script}\n`)
  await chmod(`${folder}/node`, 0o755)
  return `${folder}:${environment.PATH ?? ''}`
}

test('the demo spreads six requests evenly over three targets', async (t) => {
  const ports = await demoPorts()
  const { code, stdout, stderr } = await run('scripts/demo', { args: ['--check'], env: ports })
  t.equal(code, 0, stderr)
  const spread = [...stdout.matchAll(/^ +(\d+) +"target": "(.*)",$/gm)].map((row) => row.slice(1))
  const targets = ports.DEMO_TARGET_PORTS?.split(' ').map((port) => ['2', `target-${port}`])
  t.same(spread.sort(), targets?.sort())
})

test('the demo ends with Ctrl+C and leaves nothing behind', async (t) => {
  const ports = await demoPorts()
  const demo = spawn('scripts/demo', { cwd: root, env: { ...environment, ...ports } })
  const exit = once(demo, 'exit')
  let shown = ''
  for await (const chunk of demo.stdout) {
    shown += String(chunk)
    if (shown.includes('Ctrl+C ends everything')) break
  }
  const url = `http://127.0.0.1:${ports.DEMO_PORT ?? ''}/`
  t.match(shown, `curl -s ${url}`)
  t.equal((await fetch(url)).status, 200)
  demo.kill('SIGINT')
  t.same(await exit, [130, null])
  await t.rejects(fetch(url))
})

test('the demo names the port that is taken and the variable that changes it', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  // A TCP server's address is never the string that a pipe has.
  const { port } = taken.address() as AddressInfo
  const { code, stderr } = await run('scripts/demo', {
    env: { ...(await demoPorts()), DEMO_PORT: `${port}` },
  })
  t.equal(code, 1)
  t.equal(stderr, `demo: port ${port} is taken; choose another with DEMO_PORT=<port>\n`)
})

test('every script refuses a Node.js that is too old, and says which one it found', async (t) => {
  const PATH = await fakeNode(t, 'test "$1" = --version && echo v18.20.0; exit 1')
  for (const script of ['demo', 'examples', 'test']) {
    const { code, stderr } = await run(`scripts/${script}`, {
      env: { ...(await demoPorts()), PATH },
    })
    t.equal(code, 1)
    t.equal(stderr, `${script}: Node.js 20.19 or newer is needed, and this is v18.20.0\n`)
  }
})

test('the tour of examples finds everything as it says', async (t) => {
  const { code, stdout, stderr } = await run('scripts/examples')
  t.equal(code, 0, stderr)
  t.notMatch(stdout, '✗')
  t.match(stdout, /\nEverything is as said\.\n$/)
})

const file = (name: string, points: readonly string[], failed = false) =>
  [`# Subtest: ${name}`, ...points.map((point) => `    ${point}`)].join('\n') +
  `\n${failed ? 'not ok' : 'ok'} 1 - ${name} # time=1ms\n`

const tallies = [
  {
    title: 'tests and not assertions are counted',
    input: file('a', ['    ok 1 - assertion', '    ok 2 - assertion', 'ok 1 - one', 'ok 2 - two']),
    count: '2 passed, 0 failed, 0 skipped',
    code: 0,
  },
  {
    title: 'a failed test is a failure',
    input: file('a', ['    not ok 1 - assertion', 'not ok 1 - one', 'ok 2 - two'], true),
    count: '1 passed, 1 failed, 0 skipped',
    code: 1,
  },
  {
    title: 'a file that fails without a failed test is a failure',
    input: file('a', ['ok 1 - one'], true),
    count: '1 passed, 1 failed, 0 skipped',
    code: 1,
  },
  {
    title: 'what looks like a test inside a diagnosis is not counted',
    input: file('a', ['ok 1 - one', '  ---', 'not ok 2 - quoted', '  ...']),
    count: '1 passed, 0 failed, 0 skipped',
    code: 0,
  },
  {
    title: 'skipped tests are counted wherever they are',
    input: file('a', ['ok 1 - one', 'ok 2 - two # SKIP no curl', '    ok 1 - deep # TODO later']),
    count: '1 passed, 0 failed, 2 skipped',
    code: 0,
  },
  {
    title: 'in CI a skipped test fails the run',
    env: { CI: 'true' },
    input: file('a', ['ok 1 - one', 'ok 2 - two # SKIP no curl']),
    count: '1 passed, 0 failed, 1 skipped',
    code: 1,
  },
  {
    title: 'a run without any test fails',
    input: '1..0\n',
    count: '0 passed, 0 failed, 0 skipped',
    code: 1,
  },
  {
    title: 'the exit code of the runner counts when no test failed',
    input: file('a', ['ok 1 - one']),
    exit: 1,
    count: '1 passed, 0 failed, 0 skipped',
    code: 1,
  },
  {
    title: 'a runner that was cut off fails the run',
    input: file('a', ['ok 1 - one']),
    exit: '',
    count: '1 passed, 0 failed, 0 skipped',
    code: 1,
  },
]

test('tally: a flood of failures is cut short', async (t) => {
  const points = Array.from({ length: 50 }, (_, i) => `    not ok ${i + 1} - failure`)
  const input = file('a', [...points, 'not ok 1 - one'], true)
  const { stdout } = await run(process.execPath, { args: ['scripts/tally.js'], input })
  t.equal(stdout.match(/ - failure$/gm)?.length, 10)
  t.match(stdout, '… and 40 more failures')
})

for (const { title, input, count, code, env = {}, exit = 0 } of tallies) {
  test(`tally: ${title}`, async (t) => {
    const outcome = await run(process.execPath, {
      args: ['scripts/tally.js'],
      env,
      input: exit === '' ? input : `${input}# exit ${exit}\n`,
    })
    t.equal(outcome.code, code)
    t.equal(outcome.stdout.split('\n').at(-2), count)
  })
}
