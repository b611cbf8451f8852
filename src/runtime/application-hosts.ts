import type { PointsmanError } from '../core/errors.js'
import { instanceTarget } from '../core/instance.js'
import type { Target } from '../core/target.js'
import type { ApplicationSettings, StackHosts } from '../model/document.js'
import { HostFeed } from './host-feed.js'

/** What the hosts of one application are made of. */
export interface HostTerms {
  readonly discovery: 'dynamic' | 'static'
  readonly registeredWeights: ApplicationSettings['registeredWeights']
}

/** Where the hosts that serve come from: those that register, a copy of them, or those that are stored with the model. */
export type HostOrigin = 'live' | 'frozen' | 'stored'

const EQUAL_WEIGHT = 1

/** The targets that hosts on stacks are; those that no client can reach are left out. */
export function targetsOf(
  stacks: readonly StackHosts[],
  terms: Pick<HostTerms, 'registeredWeights'>,
): readonly Target[] {
  return stacks.flatMap(({ path, hosts }) =>
    hosts.flatMap(({ weight, ...addresses }) => {
      const applied = terms.registeredWeights ? weight : EQUAL_WEIGHT
      return instanceTarget({ stack: path, ...addresses }, applied) ?? []
    }),
  )
}

/** The hosts of one application: which of those that are known serve. */
export class ApplicationHosts {
  readonly feed = new HostFeed()
  private stored: readonly StackHosts[] | undefined
  /** Undefined until any of the application was registered. */
  private live: readonly StackHosts[] | undefined
  private frozen: readonly StackHosts[] | undefined
  private terms: HostTerms | undefined
  private readonly onHosts: (stacks: readonly StackHosts[]) => void

  /** @param onHosts told of the hosts that serve from now on */
  constructor(onHosts: (stacks: readonly StackHosts[]) => void) {
    this.onHosts = onHosts
  }

  /** Undefined while nobody has said who the hosts are. */
  get stacks(): readonly StackHosts[] | undefined {
    return this.frozen ?? this.live ?? this.stored
  }

  /** Those that another model would begin with; static hosts are then looked up anew. */
  get next(): readonly StackHosts[] | undefined {
    return this.live ?? this.stored
  }

  get origin(): HostOrigin {
    if (this.frozen) return 'frozen'
    return this.live ? 'live' : 'stored'
  }

  /** Takes what a model says; static hosts are those that are there now. */
  follow(terms: HostTerms): void {
    this.terms = terms
    this.frozen = terms.discovery === 'static' ? this.live : undefined
    this.tell()
  }

  /** Takes the hosts that were stored; they serve until others register. */
  takeStored(stacks: readonly StackHosts[]): void {
    this.stored = stacks
    this.tell()
  }

  /**
   * Takes the hosts that are registered by now. That there are none is news only where there were some before: hosts that
   * were stored serve until others take their place.
   */
  takeLive(stacks: readonly StackHosts[]): void {
    if (!this.live && stacks.every(({ hosts }) => hosts.length === 0)) return
    this.live = stacks
    // A stack that was taken away takes no client.
    const paths = new Set(stacks.map(({ path }) => path))
    this.frozen = this.frozen?.filter(({ path, hosts }) => hosts.length > 0 || paths.has(path))
    if (this.terms?.discovery === 'static') this.frozen ??= stacks
    this.tell()
  }

  /** Nobody knows who is registered; those that were stay. */
  lose(error: PointsmanError): void {
    if (this.live && !this.frozen) this.feed.tell(error)
  }

  /** Static hosts are to be those that are registered now. */
  reload(): void {
    if (this.frozen) this.frozen = this.live
    this.tell()
  }

  /** Nobody else will say who the hosts are: where nobody has, there are none. */
  settle(): void {
    if (!this.stacks) this.feed.tell([])
  }

  private tell(): void {
    const { stacks, terms } = this
    if (!stacks || !terms) return
    this.onHosts(stacks)
    this.feed.tell(targetsOf(stacks, terms))
  }
}
