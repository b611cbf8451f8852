import type { PointsmanError } from '../../core/errors.js'
import type { Timer } from '../../core/ports.js'
import { Bell } from '../../core/wait.js'
import { KeptTree, type TreeOptions } from './kept-tree.js'
import type { Lease } from './shared-sessions.js'

/** A server that is replaced, or an election, is no reason to worry: for so long nobody needs to vouch for the tree. */
const PATIENCE_MS = 5000

/** What of a tree is news. */
export interface TreeNews<Value> {
  readonly tree: KeptTree<Value>
  /** Nodes that changed, came or went; everything there is at first, none when the tree is just vouched for again. */
  readonly changed: ReadonlySet<string>
}

/** Which tree, and what is kept of it. */
export type WatchedTree<Value> = Omit<TreeOptions<Value>, 'onChange'>

/** The news of a tree between two looks at them. */
class News<Value> {
  private readonly bell: Bell
  private changed: Set<string> | undefined
  private trouble: PointsmanError | undefined
  private overdue: PointsmanError | undefined
  private patience: Timer | undefined
  private readonly tree: KeptTree<Value>
  private readonly leave: () => void

  constructor({ session }: Lease, options: WatchedTree<Value>, bell: Bell) {
    this.bell = bell
    this.tree = new KeptTree(session, { ...options, onChange: (paths) => this.change(paths) })
    this.leave = session.onEvent((event) => {
      if (event.kind !== 'suspended') return
      this.trouble = event.error
      const waitMs = this.tree.isComplete ? PATIENCE_MS : 0
      this.patience ??= options.clock.after(waitMs, () => {
        this.overdue = this.trouble
        bell.ring()
      })
    })
  }

  /** What there is to tell, told once. */
  take(): TreeNews<Value> | PointsmanError | undefined {
    const { changed, tree } = this
    this.changed = undefined
    if (changed) return { tree, changed }
    const { overdue } = this
    this.overdue = undefined
    return overdue
  }

  close(): void {
    this.patience?.cancel()
    this.leave()
    this.tree.close()
  }

  private change(paths: ReadonlySet<string>): void {
    this.patience?.cancel()
    this.patience = undefined
    this.overdue = undefined
    this.changed ??= new Set()
    for (const path of paths) this.changed.add(path)
    this.bell.ring()
  }
}

/**
 * Tells of a tree what has changed, and when nobody has vouched for it for a while why.
 * @param lease of the session; its end is the caller's
 * @param signal when it aborts, the iteration ends without an error
 * @param bell may be rung by others too; undefined is yielded then
 */
export async function* watchTree<Value>(
  lease: Lease,
  options: WatchedTree<Value>,
  signal: AbortSignal,
  bell = new Bell(),
): AsyncGenerator<TreeNews<Value> | PointsmanError | undefined, void> {
  const news = new News(lease, options, bell)
  const end = (): void => bell.ring()
  signal.addEventListener('abort', end)
  if (signal.aborted) end()
  try {
    for (;;) {
      await bell.rung()
      if (signal.aborted) return
      yield news.take()
    }
  } finally {
    signal.removeEventListener('abort', end)
    news.close()
  }
}
