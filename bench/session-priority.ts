import { readFileSync, writeFileSync } from 'node:fs'

const AUTOGROUP = '/proc/self/autogroup'

function setNiceness(niceness: string): void {
  try {
    writeFileSync(AUTOGROUP, niceness)
  } catch {
    // A kernel without autogroups knows only the niceness of processes.
  }
}

function niceness(): string {
  try {
    return /nice (-?\d+)/.exec(readFileSync(AUTOGROUP, 'latin1'))?.[1] ?? '0'
  } catch {
    return '0'
  }
}

/**
 * Lets root's benchmark go before whatever other sessions do: with autogroups (sched(7)) the kernel shares its cores out
 * between sessions first, and `nice` counts only within one.
 * @returns puts it back as it was
 */
export function prioritizeSession(): () => void {
  if (process.getuid?.() !== 0) return () => undefined
  const before = niceness()
  setNiceness('-19')
  return () => setNiceness(before)
}
