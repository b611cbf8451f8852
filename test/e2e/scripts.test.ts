import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { resolve } from 'node:path'
import { type Test, test } from 'tap'

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
  readonly cwd?: string
}

function run(command: string, { args = [], env = {}, cwd }: Run = {}): Promise<Outcome> {
  return new Promise((done) => {
    execFile(command, args, { cwd, env: { ...environment, ...env } }, (error, stdout, stderr) =>
      done({ code: error ? error.code : 0, stdout, stderr }),
    )
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
  const demo = spawn('scripts/demo', { env: { ...environment, ...ports } })
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

/** A compiled test that prints this, and how it ends. */
function compiled(lines: readonly string[], end = ''): string {
  return `console.log(${JSON.stringify(lines.join('\n'))})\n${end}`
}

/** Runs the tests of a folder that has these, by their names. */
async function runTests(
  t: Test,
  tests: Readonly<Record<string, string>>,
  { sources = Object.keys(tests), ...how }: Run & { readonly sources?: readonly string[] } = {},
): Promise<Outcome> {
  const cwd = t.testdir({ test: { dist: { test: {} } } })
  for (const name of sources) await writeFile(`${cwd}/test/${name}.test.ts`, '')
  for (const [name, script] of Object.entries(tests))
    await writeFile(`${cwd}/test/dist/test/${name}.test.js`, script)
  const { args = [], ...rest } = how
  return run(process.execPath, { args: [resolve('scripts/run-tests.js'), ...args], cwd, ...rest })
}

const FAILS = 'process.exitCode = 1'

const counted = [
  {
    title: 'tests and not assertions are counted',
    tests: {
      a: compiled(['    ok 1 - assertion', '    ok 2 - assertion', 'ok 1 - one', 'ok 2 - two']),
      b: compiled(['ok 1 - three']),
    },
    count: '3 passed, 0 failed, 0 skipped',
    code: 0,
  },
  {
    title: 'a failed test is a failure',
    tests: {
      a: compiled(['    not ok 1 - assertion', 'not ok 1 - one', 'ok 2 - two'], FAILS),
      b: compiled(['ok 1 - three']),
    },
    count: '2 passed, 1 failed, 0 skipped',
    code: 1,
  },
  {
    title: 'a file that fails without a failed test is a failure',
    tests: { a: compiled(['ok 1 - one'], FAILS) },
    count: '1 passed, 1 failed, 0 skipped',
    code: 1,
  },
  {
    title: 'a file that is killed is a failure',
    tests: { a: compiled(['ok 1 - one'], "process.kill(process.pid, 'SIGKILL')") },
    count: '1 passed, 1 failed, 0 skipped',
    code: 1,
  },
  {
    title: 'a file without a test is a failure',
    tests: { a: compiled(['ok 1 - one']), b: compiled(['1..0']) },
    count: '1 passed, 1 failed, 0 skipped',
    code: 1,
  },
  {
    title: 'a file that was not compiled is a failure',
    tests: { a: compiled(['ok 1 - one']) },
    sources: ['a', 'b'],
    count: '1 passed, 1 failed, 0 skipped',
    code: 1,
  },
  {
    title: 'what was compiled from a file that is gone does not run',
    tests: { a: compiled(['ok 1 - one']), b: compiled(['ok 1 - gone']) },
    sources: ['a'],
    count: '1 passed, 0 failed, 0 skipped',
    code: 0,
  },
  {
    title: 'what looks like a test inside a diagnosis is not counted',
    tests: { a: compiled(['ok 1 - one', '  ---', 'not ok 2 - quoted', '  ...']) },
    count: '1 passed, 0 failed, 0 skipped',
    code: 0,
  },
  {
    title: 'skipped tests are counted wherever they are',
    tests: {
      a: compiled(['    ok 1 - deep # TODO later', 'ok 1 - one', 'ok 2 - two # SKIP no curl']),
    },
    count: '1 passed, 0 failed, 2 skipped',
    code: 0,
  },
  {
    title: 'in CI a skipped test fails the run',
    tests: { a: compiled(['ok 1 - one', 'ok 2 - two # SKIP no curl']) },
    env: { CI: 'true' },
    count: '1 passed, 0 failed, 1 skipped',
    code: 1,
  },
  {
    title: 'a run without any test fails',
    tests: {},
    count: '0 passed, 0 failed, 0 skipped',
    code: 1,
  },
]

for (const { title, tests, count, code, ...how } of counted) {
  test(`tests: ${title}`, async (t) => {
    const outcome = await runTests(t, tests, how)
    t.equal(outcome.code, code)
    t.equal(outcome.stdout.split('\n').at(-2), count)
  })
}

test('tests: those that are named run, and no test at a path is an error', async (t) => {
  const tests = { a: compiled(['ok 1 - one']), b: compiled(['ok 1 - two']) }
  const named = await runTests(t, tests, { args: ['./test/b.test.ts'] })
  t.match(named.stdout, /^ok +test\/b\.test\.ts: 1 of 1, \d+ s\n1 passed, 0 failed, 0 skipped\n$/)
  const missing = await runTests(t, tests, { args: ['test/b'] })
  t.match(missing, { code: 1, stdout: '', stderr: 'there is no test at "test/b"\n' })
})

test('tests: a failure is shown where it is, with its diagnosis', async (t) => {
  const lines = ['    not ok 1 - assertion', '      ---', '      found: 7', '      ...']
  const tests = { a: compiled([...lines, 'not ok 1 - one', '  ---', '  at: 1', '  ...'], FAILS) }
  const { stdout } = await runTests(t, tests)
  t.equal(stdout.slice(0, stdout.indexOf('FAILED')), `${lines.join('\n')}\nnot ok 1 - one\n`)
})

test('tests: a flood of failures is cut short', async (t) => {
  const points = Array.from({ length: 50 }, (_, i) => `    not ok ${i + 1} - failure`)
  const { stdout } = await runTests(t, { a: compiled([...points, 'not ok 1 - one'], FAILS) })
  t.equal(stdout.match(/ - failure$/gm)?.length, 10)
  t.match(stdout, '… and 40 more failures')
})
