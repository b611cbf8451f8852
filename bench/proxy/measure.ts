import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { BenchError } from '../bench-error.js'
import type { LoadCase } from './cases.js'
import type { Child, Children } from './children.js'
import type { Contender } from './contenders.js'
import { freePort } from './free-port.js'
import { runLoad, type LoadResult } from './load.js'
import { toSample, type Sample } from './sample.js'
import { usageOf, usedBetween, type Usage } from './usage.js'
import { untilRight } from './verify.js'

/** Where everything of one run lives. */
export interface Stage {
  readonly children: Children
  /** Aborts when the run is to stop. */
  readonly signal: AbortSignal
  /** Temporary, for all files of the run. */
  readonly folder: string
  /** The core of the server under test. */
  readonly testedCore: number
  /** The core of the load generator and the target. */
  readonly loadCore: number
  readonly targetPort: number
}

/** Whether a contender is measured in a case. */
export function takesPart(contender: Contender, loadCase: LoadCase): boolean {
  return contender.kind === 'server' || loadCase.others.includes(contender.kind)
}

/** Starts the contender, has its answer checked, warms it up, measures it and stops it. */
export async function measure(
  contender: Contender,
  loadCase: LoadCase,
  at: { round: number; seconds: number; warmUpSeconds: number },
  stage: Stage,
): Promise<Sample> {
  const server = await startContender(contender, stage)
  const { children, signal, folder, loadCore: core } = stage
  const load = (seconds: number) =>
    runLoad(loadCase, { port: server.port, seconds, core, folder }, children, signal)
  try {
    await untilRight(server, loadCase, signal)
    // One after the other: what Node.js compiled before it saw clients leave, it compiles again when others come.
    for (let second = 0; second < at.warmUpSeconds; second++) await load(1)
    const before = usageUnderLoad(server)
    const result = await load(at.seconds)
    const after = usageUnderLoad(server)
    if (result.bytes === 0) throw new BenchError(`${contender.name} answered nothing.`)
    const counted = { ...result, requests: answersIn(result, loadCase) }
    const subject = { round: at.round, case: loadCase.name, contender: contender.name }
    return toSample(subject, counted, usedBetween(before, after))
  } finally {
    await server.child.stop()
  }
}

/** Of large answers few are whole at the end: they are counted by their bytes, beside which their heads are nothing. */
function answersIn({ requests, bytes }: LoadResult, { response }: LoadCase): number {
  return typeof response === 'number' ? bytes / response : requests
}

/** Starts the contender and lets it prove every case once. */
export async function rehearse(
  contender: Contender,
  cases: readonly LoadCase[],
  stage: Stage,
): Promise<void> {
  const server = await startContender(contender, stage)
  try {
    for (const loadCase of cases)
      if (takesPart(contender, loadCase)) await untilRight(server, loadCase, stage.signal)
  } finally {
    await server.child.stop()
  }
}

function usageUnderLoad({ name, child }: { name: string; child: Child }): Usage {
  try {
    return usageOf(child.pid)
  } catch (cause) {
    throw new BenchError(`${name} ended under load: ${child.output}`, { cause })
  }
}

async function startContender(contender: Contender, stage: Stage) {
  const folder = mkdtempSync(join(stage.folder, `${contender.name}-`))
  const port = await freePort()
  const command = contender.command({ folder, port, targetPort: stage.targetPort })
  const child = stage.children.start(command, {
    core: stage.testedCore,
    cwd: folder,
    signal: stage.signal,
  })
  return { name: contender.name, child, port }
}
