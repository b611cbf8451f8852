/** A function on the stack. */
export interface Frame {
  readonly name: string
  /** Path, `node:` name, or empty for what is not JavaScript. */
  readonly url: string
}

/** What one function cost, when called in one way: its time, with that of all it called. */
export interface Branch {
  readonly frame: Frame
  micros: number
  readonly branches: Map<string, Branch>
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: readonly number[]
}

/** What `node --cpu-prof` writes. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  /** The node that ran at each sample. */
  readonly samples: readonly number[]
  /** Microseconds from the sample before to each. */
  readonly timeDeltas: readonly number[]
}

const IDLE = new Set(['(idle)', '(root)'])

function stacksOf({ nodes }: CpuProfile): ReadonlyMap<number, readonly Frame[]> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const stacks = new Map<number, readonly Frame[]>()
  const walk = (node: ProfileNode, above: readonly Frame[]): void => {
    const { functionName, url } = node.callFrame
    const stack = IDLE.has(functionName)
      ? above
      : [...above, { name: functionName || '(anonymous)', url }]
    stacks.set(node.id, functionName === '(idle)' ? [] : stack)
    for (const id of node.children ?? []) {
      const child = byId.get(id)
      if (child) walk(child, stack)
    }
  }
  const [root] = nodes
  if (root) walk(root, [])
  return stacks
}

/**
 * Where the time went, without that in which there was nothing to do.
 * @param afterMicros from the start of the profile on, nothing counts
 */
export function branchesOf(profile: CpuProfile, afterMicros: number): Branch {
  const stacks = stacksOf(profile)
  const root: Branch = { frame: { name: 'all', url: '' }, micros: 0, branches: new Map() }
  let passed = 0
  profile.samples.forEach((id, at) => {
    const micros = profile.timeDeltas[at] ?? 0
    passed += micros
    const stack = stacks.get(id) ?? []
    if (passed < afterMicros || stack.length === 0) return
    root.micros += micros
    let branch = root
    for (const frame of stack) {
      const key = `${frame.name} ${frame.url}`
      const next = branch.branches.get(key) ?? { frame, micros: 0, branches: new Map() }
      branch.branches.set(key, next)
      next.micros += micros
      branch = next
    }
  })
  return root
}
