/** A gateway as it tells others of itself; JSON. */
export interface FleetMember {
  /** Names this process, and no other. */
  readonly id: string
  readonly host: string
  /** Of the program. */
  readonly version: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly applications: readonly {
    readonly name: string
    /** Null while none could be served. */
    readonly servedVersion: number | null
    /** The newest, when it does not serve; null when it does. */
    readonly refusedVersion: number | null
  }[]
}
