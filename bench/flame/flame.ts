import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { BenchError } from '../bench-error.js'
import { CASES } from '../proxy/cases.js'
import { Children } from '../proxy/children.js'
import { CONTENDERS, NODE_26, OWN } from '../proxy/contenders.js'
import { BENCH_FOLDER, ROOT_FOLDER } from '../proxy/folders.js'
import { freePort } from '../proxy/free-port.js'
import { runLoad } from '../proxy/load.js'
import { installPeers, PROXY_PROGRAMS, requirePrograms } from '../proxy/requirements.js'
import { startTarget } from '../proxy/target.js'
import { allowedCores } from '../proxy/usage.js'
import { untilRight } from '../proxy/verify.js'
import { drawFlame } from './drawing.js'
import { branchesOf, type CpuProfile } from './profile.js'

const USAGE = `Usage: npm run bench -- flame [options]

  --case <name>    ${CASES.map(({ name }) => name).join(', ')} (default ${CASES[0]?.name ?? ''})
  --app <folder>   a checkout that was built, instead of this one
  --label <name>   bench/results/flame-<name>.svg (default: the case)
  --node26         under Node.js 26
  --help           this text`

const WARM_UP_SECONDS = 3
const SECONDS = 8
const SAMPLE_EVERY_MICROS = 200

function optionsOf(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      case: { type: 'string', default: CASES[0]?.name ?? '' },
      app: { type: 'string', default: ROOT_FOLDER },
      label: { type: 'string' },
      node26: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values
}

/** Draws where the proxy's time goes under load. Throws BenchError; when `signal` aborts, its reason. */
export async function runFlame(args: readonly string[], signal: AbortSignal): Promise<void> {
  const options = optionsOf(args)
  if (options.help) {
    console.log(USAGE)
    return
  }
  const loadCase = CASES.find(({ name }) => name === options.case)
  const own = CONTENDERS.find(({ name }) => name === OWN)
  if (!loadCase || !own) throw new BenchError(`--case ${options.case}: there is none\n${USAGE}`)
  requirePrograms(PROXY_PROGRAMS)
  if (options.node26) installPeers()
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-flame-'))
  chmodSync(folder, 0o755)
  const children = new Children()
  try {
    const [testedCore = 0, core = testedCore] = allowedCores()
    const [targetPort, port] = [await freePort(), await freePort()]
    await startTarget(targetPort, { folder, core, signal }, children)
    const { env = {} } = own.command({ folder, port, targetPort })
    const begun = performance.now()
    const child = children.start(
      {
        file: options.node26 ? NODE_26 : process.execPath,
        args: [
          '--cpu-prof',
          `--cpu-prof-dir=${folder}/profile`,
          `--cpu-prof-interval=${SAMPLE_EVERY_MICROS}`,
          join(resolve(options.app), 'dist/app.js'),
        ],
        env,
      },
      { core: testedCore, cwd: folder, signal },
    )
    await untilRight({ name: OWN, child, port }, loadCase, signal)
    await runLoad(loadCase, { port, seconds: WARM_UP_SECONDS, core, folder }, children, signal)
    const startUpMicros = (performance.now() - begun) * 1000
    await runLoad(loadCase, { port, seconds: SECONDS, core, folder }, children, signal)
    await child.stop()
    const [file = ''] = readdirSync(join(folder, 'profile'))
    // The shape is V8's.
    const profile = JSON.parse(readFileSync(join(folder, 'profile', file), 'utf8')) as CpuProfile
    const title = `Where the time goes: ${loadCase.title}, ${loadCase.connections} connections`
    const note =
      'callers above; blue: Pointsman, grey: Node.js, orange: native code and system calls, green: packages'
    const results = join(BENCH_FOLDER, 'results')
    mkdirSync(results, { recursive: true })
    const path = join(results, `flame-${options.label ?? loadCase.name}.svg`)
    writeFileSync(path, drawFlame(branchesOf(profile, startUpMicros), title, note))
    console.log(`Written: ${path}`)
  } finally {
    await children.stopAll()
    rmSync(folder, { recursive: true, force: true })
  }
}
