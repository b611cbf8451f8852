import type { Server, StackHosts } from './document.js'

/** How many stacks with hosts that take clients a path stands for. */
export interface KnownStacks {
  readonly whitelisted: number
  readonly others: number
}

/** Where there are hosts that take clients. */
export class KnownHosts {
  private readonly stacks = new Map<string, KnownStacks>()

  constructor(hosts: readonly StackHosts[], whitelist: readonly string[]) {
    const whitelisted = new Set(whitelist)
    for (const { path, hosts: found } of hosts) {
      if (!found.some(({ weight }) => weight > 0)) continue
      const slash = path.lastIndexOf('/')
      const isWhitelisted = whitelisted.has(path.slice(0, slash))
      this.count(path, isWhitelisted)
      this.count(path.slice(slash + 1), isWhitelisted)
    }
  }

  /** @param path of a server: a stack and a flavor, or a flavor */
  of(path: string): KnownStacks {
    return this.stacks.get(path) ?? { whitelisted: 0, others: 0 }
  }

  private count(path: string, isWhitelisted: boolean): void {
    const { whitelisted, others } = this.of(path)
    const counts = isWhitelisted
      ? { whitelisted: whitelisted + 1, others }
      : { whitelisted, others: others + 1 }
    this.stacks.set(path, counts)
  }
}

/** The stack that a server's path names; undefined when it is a flavor or there is none. */
export function stackOf({ path }: Server): string | undefined {
  return path?.includes('/') ? path.slice(0, path.lastIndexOf('/')) : undefined
}
