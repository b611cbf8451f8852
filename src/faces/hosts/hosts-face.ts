import type { Clock, Random } from '../../core/ports.js'
import type { GroupSnapshot, Snapshot } from '../../core/snapshot.js'
import type { Log } from '../../telemetry/log.js'
import type { ObservedHosts } from '../../telemetry/observed.js'
import { Choices, type Choice } from './choices.js'
import { HostsFile } from './hosts-file.js'
import { HostsKeeper } from './hosts-keeper.js'
import type { HostsLine } from './hosts-text.js'
import type { HostsSettings } from './settings.js'

/** What the face needs from outside. */
export interface HostsFaceOptions {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** IP literal of this machine: algorithms that go by the client's address take it for that. */
  readonly machine: string
}

/** Keeps names in a hosts file pointing at targets that serve. */
export class HostsFace {
  readonly path: string
  private readonly choices: Choices
  private readonly keeper: HostsKeeper
  private readonly log: Log
  private found: readonly HostsLine[] = []

  /** @param path of the hosts file */
  constructor(path: string, options: HostsFaceOptions) {
    this.path = path
    this.log = options.log
    this.keeper = new HostsKeeper(new HostsFile(path), options)
    this.choices = new Choices({
      ...options,
      onChoice: (choice, before) => {
        this.tellChoice(choice, before)
        if (choice.address !== before.address) this.keeper.want()
      },
    })
  }

  /**
   * Takes hold of the file, and changes nothing yet.
   * @throws PointsmanError HOSTS_FILE_UNUSABLE, HOSTS_FILE_LOCKED
   */
  async open(): Promise<void> {
    this.found = await this.keeper.open()
  }

  /** Takes a configuration, the first or another, with the groups that belong to it. */
  apply({ entries }: HostsSettings, snapshot: Snapshot): void {
    this.choices.apply(entries, snapshot, this.found)
    this.found = []
    this.keeper.keep((found) => {
      this.choices.inherit(found)
      return this.choices.lines
    })
  }

  /** Takes a new view of one group. */
  update(group: GroupSnapshot): void {
    this.choices.update(group)
  }

  get status(): ObservedHosts {
    const { failure, way, counts } = this.keeper
    return {
      file: this.path,
      way,
      failure: failure?.message,
      ...counts,
      entries: this.choices.all,
    }
  }

  /**
   * Lets go of the file.
   * @param removes whether the block goes, too
   */
  stop(removes: boolean): Promise<void> {
    return this.keeper.close(removes)
  }

  private tellChoice({ name, group, address, reason }: Choice, before: Choice): void {
    const isMove = address !== before.address
    const level = isMove || address === undefined ? 'info' : 'warn'
    const from = isMove ? { from: before.address } : {}
    this.log[level]({ name, group, address, ...from, reason }, 'hosts entry')
  }
}
