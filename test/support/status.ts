import type { Pointsman } from './pointsman.js'

/** A target as `/api/status` tells of it. */
export interface TargetStatus {
  readonly id: string
  readonly state: string
  readonly reason: string
  readonly serves: boolean
}

interface Status {
  readonly groups: readonly { readonly name: string; readonly targets: readonly TargetStatus[] }[]
}

const DEADLINE_MS = 20_000

/** Every group with its targets. */
export async function groupsOf(proxy: Pointsman): Promise<Status['groups']> {
  const response = await fetch(`http://127.0.0.1:${proxy.managementPort}/api/status`)
  // The shape is the contract of the API.
  const { groups } = (await response.json()) as Status
  return groups
}

/** The targets of the first group. */
export async function targetsOf(proxy: Pointsman): Promise<readonly TargetStatus[]> {
  const [first] = await groupsOf(proxy)
  return first?.targets ?? []
}

/** Resolves with the target at `address` once it is in `state`. */
export async function untilState(
  proxy: Pointsman,
  address: string,
  state: string,
): Promise<TargetStatus> {
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const target = (await targetsOf(proxy)).find(({ id }) => id.includes(`//${address}`))
    if (target?.state === state) return target
    if (Date.now() > deadline)
      throw new Error(`${address} is ${target?.state ?? 'unknown'}, not ${state}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
