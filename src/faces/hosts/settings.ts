/** One name in the hosts file. */
export interface HostsEntry {
  /** In lower case. */
  readonly hostname: string
  /** The target group that its address comes from. */
  readonly group: string
  /** Whether the targets of the group are checked: one of which nothing is known yet does not count as well then. */
  readonly isChecked: boolean
}

/** What the hosts face is to do. */
export interface HostsSettings {
  /** Absolute path of the hosts file; may be a symbolic link. */
  readonly file: string
  /** Whether the block stays in the file after a clean stop. */
  readonly persist: boolean
  readonly entries: readonly HostsEntry[]
}
