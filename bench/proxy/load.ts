import { join } from 'node:path'
import { BenchError } from '../bench-error.js'
import type { LoadCase } from './cases.js'
import type { Children } from './children.js'
import { BENCH_FOLDER } from './folders.js'

/** How much longer than planned wrk may take. */
const OVERTIME_MS = 15_000

/** What the load generator saw; times in microseconds. */
export interface LoadResult {
  readonly requests: number
  /** Received, of heads and bodies, also of answers that were not whole at the end. */
  readonly bytes: number
  readonly durationMicros: number
  readonly p50Micros: number
  readonly p99Micros: number
  /** Failed connects, reads and writes, time-outs, and answers outside 200–399. */
  readonly errors: number
}

/** Loads 127.0.0.1:port with wrk for `seconds`; throws BenchError when wrk fails, the abort reason when aborted. */
export async function runLoad(
  loadCase: LoadCase,
  at: { port: number; seconds: number; core: number; folder: string },
  children: Children,
  signal: AbortSignal,
): Promise<LoadResult> {
  const deadline = AbortSignal.timeout(at.seconds * 1000 + OVERTIME_MS)
  const wrk = children.start(
    {
      file: 'wrk',
      args: [
        '--threads=1',
        `--connections=${loadCase.connections}`,
        `--duration=${at.seconds}s`,
        `--timeout=${loadCase.timeoutSeconds}s`,
        `--script=${join(BENCH_FOLDER, 'proxy/wrk.lua')}`,
        `http://127.0.0.1:${at.port}${loadCase.path}`,
        '--',
        loadCase.method,
        String(loadCase.requestBytes),
      ],
    },
    { core: at.core, cwd: at.folder, signal: AbortSignal.any([signal, deadline]) },
  )
  const exitCode = await wrk.ended
  signal.throwIfAborted()
  if (exitCode !== 0) throw new BenchError(`wrk failed (${String(exitCode)}): ${wrk.output}`)
  return parseLoadResult(wrk.output)
}

/** The object that wrk.lua writes as its last line. */
export function parseLoadResult(output: string): LoadResult {
  // The shape is wrk.lua's, a file of ours.
  return JSON.parse(output.slice(output.lastIndexOf('\n') + 1)) as LoadResult
}
