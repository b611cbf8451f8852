import type { ApplicationModel, DocumentProblem, Server, StackHosts } from './document.js'

/** The hosts of whitelisted stacks that take clients, by path and by flavor; each by its addresses, so that none counts twice. */
export class WhitelistedHosts {
  private readonly byPath = new Map<string, Set<string>>()

  constructor(stacks: readonly StackHosts[], whitelist: readonly string[]) {
    const whitelisted = new Set(whitelist)
    for (const { path, hosts } of stacks) {
      const slash = path.lastIndexOf('/')
      if (!whitelisted.has(path.slice(0, slash))) continue
      const serving = hosts.filter(({ weight }) => weight > 0)
      const keys = serving.map(({ ipv4, ipv6 }) => JSON.stringify([ipv4, ipv6]))
      this.add(path, keys)
      this.add(path.slice(slash + 1), keys)
    }
  }

  /** Those of any of the servers. */
  of(servers: readonly Server[]): ReadonlySet<string> {
    return new Set(servers.flatMap(({ path = '' }) => [...(this.byPath.get(path) ?? [])]))
  }

  private add(path: string, keys: readonly string[]): void {
    this.byPath.set(path, new Set([...(this.byPath.get(path) ?? []), ...keys]))
  }
}

/**
 * By how many percent the hosts that a client of the slices finds are fewer than those that a client of the default finds; 0 when
 * they are not. Without slices there is nothing to compare.
 * @param percent what all slices take together
 */
export function deviationPercent(
  defaultHosts: number,
  sliceHosts: number,
  percent: number,
): number {
  if (percent === 0 || defaultHosts === 0) return 0
  const [ofSlices, ofDefault] = [sliceHosts / percent, defaultHosts / (100 - percent)]
  return Math.max(0, Math.round(100 - (ofSlices * 100) / ofDefault))
}

/**
 * Why a model would leave too few hosts: such a model is to be refused, and the one that serves to stay. Nothing is found wrong
 * with a model whose default server is an absolute URL, which needs no host.
 */
export function hostShortages(
  { defaultServer, distribution, whitelist, settings }: ApplicationModel,
  stacks: readonly StackHosts[],
): readonly DocumentProblem[] {
  if (defaultServer.path === undefined) return []
  const hosts = new WhitelistedHosts(stacks, whitelist)
  const slices = distribution.map(({ server }) => server)
  const ofDefault = hosts.of([defaultServer]).size
  if (ofDefault === 0) {
    const message = `no host takes clients at ${defaultServer.path}, where the default server is`
    return [{ code: 'CANT_REDIRECT_TO_DEFAULT', path: '/defaultServer/path', message }]
  }
  const found = hosts.of([defaultServer, ...slices]).size
  const { minimumHosts, maximumDeviation = Infinity } = settings
  const percent = distribution.reduce((sum, slice) => sum + slice.percent, 0)
  const deviation = deviationPercent(ofDefault, hosts.of(slices).size, percent)
  const problems: DocumentProblem[] = []
  if (found < minimumHosts)
    problems.push({
      code: 'NOT_ENOUGH_HOSTS_FOR_DEFAULT',
      path: '/settings/minimumHosts',
      message: `the default and the slices have ${found} hosts together, and need ${minimumHosts}`,
    })
  if (deviation > maximumDeviation)
    problems.push({
      code: 'TOO_MUCH_DEVIATION',
      path: '/settings/maximumDeviation',
      message: `a client of the slices finds ${deviation} % fewer hosts than one of the default, and may find ${maximumDeviation} % fewer`,
    })
  return problems
}
