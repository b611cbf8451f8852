import { readFileSync } from 'node:fs'

/** Length of a tick in /proc: USER_HZ is 100 on every platform that Node.js supports on Linux. */
export const TICK_MICROS = 10_000

/** What the main thread of a process has had since it started, in ns. */
export interface MainThread {
  readonly ran: number
  /** It was ready to run, and another thread had its core. */
  readonly waited: number
}

/** What a process and its children have used since they started. */
export interface Usage {
  /** User plus system time, in ticks. */
  readonly cpuTicks: number
  /** Of each process. */
  readonly mainThreads: readonly MainThread[]
  /** Sum of the peaks of resident memory, in KiB. */
  readonly peakRssKiB: number
}

/** The pid and those of its children, theirs, and so on; only itself when it has gone. */
export function processTree(pid: number): number[] {
  const children = readIfThere(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean)
  return [pid, ...children.flatMap((child) => processTree(Number(child)))]
}

/** Throws when one of the processes has gone. */
export function usageOf(pid: number): Usage {
  let cpuTicks = 0
  const mainThreads: MainThread[] = []
  let peakRssKiB = 0
  for (const member of processTree(pid)) {
    cpuTicks += parseCpuTicks(readFileSync(`/proc/${member}/stat`, 'latin1'))
    const [ran = NaN, waited = NaN] = readFileSync(`/proc/${member}/schedstat`, 'latin1')
      .split(' ')
      .map(Number)
    mainThreads.push({ ran, waited })
    peakRssKiB += parsePeakRssKiB(readFileSync(`/proc/${member}/status`, 'latin1'))
  }
  return { cpuTicks, mainThreads, peakRssKiB }
}

/** What was used between `before` and `after`; the peaks are since the start. */
export function usedBetween(before: Usage, after: Usage): Usage {
  return {
    cpuTicks: after.cpuTicks - before.cpuTicks,
    mainThreads: after.mainThreads.map(({ ran, waited }, i) => ({
      ran: ran - (before.mainThreads[i]?.ran ?? NaN),
      waited: waited - (before.mainThreads[i]?.waited ?? NaN),
    })),
    peakRssKiB: after.peakRssKiB,
  }
}

/** utime + stime, fields 14 and 15 of proc(5)'s stat; the name in field 2 may hold blanks and brackets. */
export function parseCpuTicks(stat: string): number {
  const fromField3 = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fromField3[11]) + Number(fromField3[12])
}

/** VmHWM of proc(5)'s status; throws when there is none, as for a process that has ended and was not yet reaped. */
export function parsePeakRssKiB(status: string): number {
  const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? []
  if (peak === undefined) throw new Error('no VmHWM')
  return Number(peak)
}

/** The cores this process may run on, from a list such as `0-2,5` in proc(5)'s status. */
export function parseAllowedCores(status: string): number[] {
  const list = /^Cpus_allowed_list:\s+(\S+)$/m.exec(status)?.[1] ?? ''
  return list.split(',').flatMap((range) => {
    const [first = NaN, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}

/** The cores this process may run on. */
export function allowedCores(): number[] {
  return parseAllowedCores(readFileSync('/proc/self/status', 'latin1'))
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
