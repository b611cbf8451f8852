import { networkInterfaces } from 'node:os'
import type { Config } from '../config.js'
import type { GroupSnapshot, Snapshot } from '../core/snapshot.js'
import { HostsFace, type HostsFaceOptions } from '../faces/hosts/hosts-face.js'
import type { ObservedHosts } from '../telemetry/observed.js'

function ownAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return addresses.find(({ internal }) => !internal)?.address ?? '127.0.0.1'
}

/** The hosts face beside the control plane: there is one hosts file, however many processes serve clients. */
export class HostsPlane {
  private readonly options: HostsFaceOptions
  private face: HostsFace | undefined
  private persists = true
  /** Resolves when every file that was let go is. */
  private letGo: Promise<void> = Promise.resolve()

  constructor(options: Omit<HostsFaceOptions, 'machine'>) {
    this.options = { ...options, machine: ownAddress() }
  }

  /**
   * Takes hold of the file that a configuration names, if it does; changes nothing yet.
   * @throws PointsmanError HOSTS_FILE_UNUSABLE, HOSTS_FILE_LOCKED
   */
  async open({ hosts }: Config): Promise<void> {
    if (!hosts || this.face) return
    await this.letGo
    const face = new HostsFace(hosts.file, this.options)
    await face.open()
    this.face = face
  }

  /** Takes a configuration for which the file was opened, with the groups that belong to it. */
  apply({ hosts }: Config, snapshot: Snapshot): void {
    if (hosts) {
      this.persists = hosts.persist
      this.face?.apply(hosts, snapshot)
      return
    }
    // Names that are configured no more leave the file, whether it is kept after a stop or not.
    if (this.face) this.letGo = this.face.stop(true)
    this.face = undefined
  }

  update(group: GroupSnapshot): void {
    this.face?.update(group)
  }

  get status(): ObservedHosts | undefined {
    return this.face?.status
  }

  /** Why clients should not be sent here now. */
  get obstacles(): readonly string[] {
    const { failure } = this.status ?? {}
    return failure === undefined ? [] : [failure]
  }

  async stop(): Promise<void> {
    const { face } = this
    this.face = undefined
    await Promise.all([face?.stop(!this.persists), this.letGo])
  }
}
