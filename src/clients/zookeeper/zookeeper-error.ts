import { PointsmanError } from '../../core/errors.js'

/**
 * Why ZooKeeper did not do what it was asked: `lost` there is no connection, or it broke, and whether the request was
 * carried out is unknown if it changes something; `expired` the session is over; `refused` anything that has no word of
 * its own here. With all others nothing was changed.
 */
export type ZookeeperReason =
  | 'no-node'
  | 'node-exists'
  | 'bad-version'
  | 'not-empty'
  | 'not-permitted'
  | 'expired'
  | 'lost'
  | 'refused'

/** What a conversation with ZooKeeper fails with; whoever knows what it was for wraps it. */
export class ZookeeperError extends PointsmanError {
  readonly reason: ZookeeperReason

  constructor(reason: ZookeeperReason, message: string, cause?: unknown) {
    super('ZOOKEEPER_FAILED', message, cause)
    this.name = 'ZookeeperError'
    this.reason = reason
  }
}

/** Codes of replies (ZooKeeper's KeeperException.Code) that are told apart. */
const KNOWN: ReadonlyMap<number, readonly [ZookeeperReason, string]> = new Map([
  [-101, ['no-node', 'there is no such node']],
  [-102, ['not-permitted', 'access to the node is not allowed']],
  [-103, ['bad-version', 'the node has another version']],
  [-108, ['refused', 'an ephemeral node cannot have children']],
  [-110, ['node-exists', 'the node is there already']],
  [-111, ['not-empty', 'the node has children']],
  [-112, ['expired', 'the session has expired']],
  [-115, ['not-permitted', 'the login was refused']],
])

/**
 * The error that a reply's code stands for.
 * @param what was asked: `set /a/b`
 */
export function refusalOf(code: number, what: string): ZookeeperError {
  const [reason, words] = KNOWN.get(code) ?? ['refused', `error ${code}`]
  return new ZookeeperError(reason, `ZooKeeper: ${what}: ${words}`)
}

/** Whether an error is one of ZooKeeper's for this reason. */
export function isZookeeperError(error: unknown, reason: ZookeeperReason): error is ZookeeperError {
  return error instanceof ZookeeperError && error.reason === reason
}
